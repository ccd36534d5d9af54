import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Entries, entriesNow, openBuild } from "#manager/build.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const ROOT = resolve(import.meta.dir, "../..");
const LATE_PATH = /require\("\.\/(.*?)"\)/g;

/** A clone of what a build is made of, with the packages of this one. */
function clone() {
  const folder = tempFolder();
  for (const part of ["runner", "shared", "manager", "package.json", "bun.lock", "tsconfig.json"]) {
    cpSync(join(ROOT, part), join(folder.path, part), { recursive: true });
  }
  mkdirSync(join(folder.path, "node_modules"));
  for (const name of ["zod", "viem", "@nktkas", "smol-toml"]) {
    const target = join(ROOT, "node_modules", name);
    symlinkSync(target, join(folder.path, "node_modules", name));
  }
  return folder;
}

const sourcesOf = (root: string): Entries => ({
  manager: join(root, "manager/run-manager.ts"),
  runner: join(root, "runner/main.ts"),
});

describe("the build", () => {
  test("is made once, and taken from then on until a source changes", async () => {
    using folder = clone();
    const first = openBuild(folder.path);
    expect(first.entries()).toEqual(sourcesOf(folder.path));
    expect(await first.problem).toBeUndefined();
    const built = first.entries();
    for (const path of [built.manager, built.runner]) {
      expect(path).toMatch(/node_modules\/\.cache\/kumbh\/[0-9a-f]{16}\//);
      expect(existsSync(path)).toBe(true);
    }
    expect(entriesNow(folder.path)).toEqual(built);

    writeFileSync(join(folder.path, "shared/new.ts"), "export const NEW = 1;\n");
    const changed = openBuild(folder.path);
    expect(changed.entries()).toEqual(sourcesOf(folder.path));
    expect(await changed.problem).toBeUndefined();
    expect(changed.entries()).not.toEqual(built);
    expect(first.entries()).toEqual(built);

    rmSync(join(folder.path, "node_modules/.cache"), { recursive: true });
    expect(changed.entries()).toEqual(sourcesOf(folder.path));
  });

  test("holds all that is loaded on demand, and zod's languages", async () => {
    using folder = clone();
    const build = openBuild(folder.path);
    await build.problem;
    const out = dirname(build.entries().runner);
    const late: string[] = [];
    for await (const name of new Bun.Glob("*.js").scan(out)) {
      const text = await Bun.file(join(out, name)).text();
      late.push(...[...text.matchAll(LATE_PATH)].map(([, path = ""]) => path));
    }
    expect(late.toSorted()).toEqual([
      "backtest/clients.js",
      "network/network.js",
      "paper/paper-network.js",
    ]);
    for (const path of late) expect(existsSync(join(out, path))).toBe(true);

    const script = join(out, "languages.js");
    const { zodFile } = await zodOf(out);
    await Bun.write(
      script,
      `import * as all from "./${zodFile}";
       const locales = Object.values(all).map((value) => value?.locales).find(Boolean);
       console.log(locales.fr().localeError({ code: "invalid_type", expected: "string", input: 1 }));`,
    );
    const child = Bun.spawn([process.execPath, script], { stdout: "pipe" });
    expect(await child.stdout.text()).toMatch(/attendu/i);
  });

  test("that cannot be made leaves the sources, and says why", async () => {
    using folder = clone();
    writeFileSync(join(folder.path, "runner/main.ts"), "import './not-there.ts';\n");
    const build = openBuild(folder.path);
    expect(await build.problem).toContain("not-there.ts");
    expect(build.entries()).toEqual(sourcesOf(folder.path));
  });

  test("cannot be made where nothing can be written, and says so", async () => {
    using folder = clone();
    writeFileSync(join(folder.path, "node_modules/.cache"), "no folder");
    const build = openBuild(folder.path);
    expect(await build.problem).toContain(".cache");
    expect(build.entries()).toEqual(sourcesOf(folder.path));
  });
});

async function zodOf(out: string): Promise<{ zodFile: string }> {
  for await (const name of new Bun.Glob("*.js").scan(out)) {
    const text = await Bun.file(join(out, name)).text();
    if (text.includes("locales/fr.js")) return { zodFile: name };
  }
  throw new Error("no file of the build holds zod's languages");
}
