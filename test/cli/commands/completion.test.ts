/** Completion as a person has it: the script in the shell itself, and words that it offers. */
import { describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { REPORT } from "#test/support/backtest-report.ts";
import { run } from "#test/support/engine.ts";
import { FakeManager } from "#test/support/fake-manager.ts";
import { FLEET } from "#test/support/fleet-fixtures.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const PARAMS = {
  meta: REPORT.strategy,
  schema: { type: "object", properties: { fast: { type: "integer" }, slow: { type: "integer" } } },
  params: {},
};
const MAIN = resolve(import.meta.dir, "../../../cli/main.ts");

/** What bash offers for this line, the cursor at its end. */
async function offered(folder: string, line: string): Promise<string[]> {
  installKumbh(folder);
  const script = `
    source <(kumbh completion bash)
    COMP_WORDS=(${line.endsWith(" ") ? `${line} ""` : line})
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _kumbh
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  return await wordsOf(["bash", "--norc", "-c", script], folder);
}

/** The same of the other shells: fish says what it would offer, zsh is given a `compadd` that does. */
async function offeredBy(shell: string, folder: string, line: string): Promise<string[]> {
  const scripts: Readonly<Record<string, string>> = {
    fish: `kumbh completion fish | source; complete -C "${line}"`,
    zsh: `
      compdef() { : }
      compadd() { print -l -- $found }
      eval "$(kumbh completion zsh)"
      words=(\${(z)1}); CURRENT=$#words
      _kumbh
    `,
  };
  const script = scripts[shell] ?? "";
  const args = shell === "zsh" ? ["-f", "-c", script, shell, line] : ["--no-config", "-c", script];
  return await wordsOf([shell, ...args], folder);
}

async function wordsOf(command: string[], folder: string): Promise<string[]> {
  const child = Bun.spawn(command, {
    env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, HOME: folder, KUMBH_HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(err).toBe("");
  return out.split("\n").filter((word) => word !== "");
}

function installKumbh(folder: string): void {
  const bin = join(folder, "kumbh");
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(bin, 0o755);
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

  test("offers the params of the strategy that is named", async () => {
    using folder = tempFolder();
    const socket = join(folder.path, "kumbh.sock");
    await using manager = new FakeManager(socket, { params: () => PARAMS });
    expect(await offered(folder.path, "kumbh start x.ts -- --fa")).toEqual(["--fast"]);
    expect(await offered(folder.path, "kumbh backtest btc-trend --s")).toEqual([
      "--slow",
      "--slippage-bps",
      "--seed",
      "--socket",
    ]);
    expect(await offered(folder.path, "kumbh start btc-trend -- --fa")).toEqual([]);
    expect(manager.asked.map(({ request }) => request)).toEqual([
      { strategy: { kind: "file", path: resolve("x.ts") } },
      { strategy: { kind: "name", name: "btc-trend" } },
    ]);
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

  test.skipIf(path === null)("offers verbs, options and params in it", async () => {
    using folder = tempFolder();
    installKumbh(folder.path);
    await using _ = new FakeManager(join(folder.path, "kumbh.sock"), { params: () => PARAMS });
    const lines = ["kumbh hist", "kumbh start --on", "kumbh start x.ts -- --fa"];
    const words = await Promise.all(
      lines.map(async (line) => await offeredBy(shell, folder.path, line)),
    );
    expect(words).toEqual([["history"], ["--only"], ["--fast"]]);
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
