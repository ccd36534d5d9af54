/** Completion as a person has it: the script in the shell itself, and words that it offers. */
import { describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "#test/support/engine.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { FLEET } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");

/** What bash offers for this line, the cursor at its end. */
async function offered(folder: string, line: string): Promise<string[]> {
  const bin = join(folder, "kumbh");
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(bin, 0o755);
  const script = `
    source <(kumbh completion bash)
    COMP_WORDS=(${line.endsWith(" ") ? `${line} ""` : line})
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _kumbh
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  const child = Bun.spawn(["bash", "--norc", "-c", script], {
    env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, HOME: folder, KUMBH_HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(err).toBe("");
  return out.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  test("offers verbs and options", async () => {
    using folder = tempFolder();
    expect(await offered(folder.path, "kumbh hist")).toEqual(["history"]);
    expect(await offered(folder.path, "kumbh start --on")).toEqual(["--only"]);
  });

  test("offers the names of the fleet", async () => {
    using folder = tempFolder();
    const socket = join(folder.path, "kumbh.sock");
    await using manager = new FakeManager(socket, { list: () => FLEET });
    const names = FLEET.strategies.map(({ name }) => name);
    expect(await offered(folder.path, "kumbh stop ")).toEqual([...names, "all"]);
    expect(await offered(folder.path, "kumbh show btc")).toEqual(
      names.filter((name) => name.startsWith("btc")),
    );
    expect(manager.asked.map(({ name }) => name)).toEqual(["list", "list"]);
  });

  test("is silent about names where no manager runs, and starts none", async () => {
    using folder = tempFolder();
    expect(await offered(folder.path, "kumbh show ")).toEqual([]);
  });
});

describe.each(["zsh", "fish"])("the script for %s", (shell) => {
  const path = Bun.which(shell);
  test.skipIf(path === null)("is one that it can read", async () => {
    using folder = tempFolder();
    const file = join(folder.path, "script");
    writeFileSync(file, (await run(["completion", shell])).stdout);
    const { stderr, exitCode } = Bun.spawnSync([path ?? shell, "-n", file]);
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
  });

  test("asks kumbh for the words", async () => {
    expect((await run(["completion", shell])).stdout).toContain("kumbh complete -- ");
  });
});

test("a shell that is none is refused", async () => {
  const { code, stderr } = await run(["completion", "bosh"]);
  expect(code).toBe(2);
  expect(stderr).toContain('no completion for "bosh"; did you mean "bash"?');
});
