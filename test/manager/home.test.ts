import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AlreadyRunningError, lockHome, prepareHome } from "#manager/home.ts";
import { FolderNotWritableError } from "#shared/errors.ts";
import { homeAt } from "#shared/paths.ts";
import { tempHome } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

test("folders are the owner's alone", () => {
  using temp = tempHome();
  prepareHome(temp.home);
  prepareHome(temp.home);
  for (const folder of [temp.home.strategies, temp.home.state, temp.home.logs]) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  }
});

test("a home that is a file is named", () => {
  using temp = tempHome();
  const path = join(temp.home.root, "file");
  writeFileSync(path, "");
  expect(() => prepareHome(homeAt(path))).toThrow(FolderNotWritableError);
});

test("one holder of a home, until it dies, even with -9", async () => {
  using temp = tempHome();
  prepareHome(temp.home);
  const script = `
    import { lockHome } from "#manager/home.ts";
    import { homeAt } from "#shared/paths.ts";
    const lock = lockHome(homeAt(process.argv[1] ?? ""));
    console.log("locked");
    setInterval(() => lock, 1000);`;
  const root = join(import.meta.dir, "../..");
  const holder = Bun.spawn([process.execPath, "-e", script, temp.home.root], {
    cwd: root,
    stdout: "pipe",
    stderr: "inherit",
  });
  for await (const chunk of holder.stdout) {
    expect(new TextDecoder().decode(chunk)).toBe("locked\n");
    break;
  }
  expect(() => lockHome(temp.home)).toThrow(AlreadyRunningError);
  holder.kill("SIGKILL");
  await holder.exited;
  await untilTrue("the lock is free", () => {
    try {
      lockHome(temp.home)[Symbol.dispose]();
      return true;
    } catch (error) {
      if (error instanceof AlreadyRunningError) return false;
      throw error;
    }
  });
});
