/** `kumbh new` by keys and by flags: what it writes is checked and run as its author would. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { KINDS } from "#cli/verbs/setup.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { openTerminal } from "#test/support/terminal-session.ts";

const ROOT = resolve(import.meta.dir, "../../..");
const MAIN = join(ROOT, "cli/main.ts");
const ENTER = "\r";
const DOWN = "\u001b[B";

async function inFolder(cwd: string, command: readonly string[]) {
  const child = Bun.spawn([process.execPath, ...command], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd, NO_COLOR: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { code, out, err };
}

const create = async (cwd: string, ...args: readonly string[]) =>
  await inFolder(cwd, [MAIN, "new", ...args]);

describe("kumbh new by flags", () => {
  test("writes every kind so that it type-checks and its test passes", async () => {
    using folder = tempFolder();
    for (const kind of KINDS) {
      const flags = ["--kind", kind, "--coin", "ETH", "--timeframe", "4h"];
      const { code, out } = await create(folder.path, `my-${kind}`, ...flags);
      expect(code).toBe(0);
      expect(out).toContain(`wrote strategies/my-${kind}.ts\nwrote strategies/my-${kind}.test.ts`);
    }
    const tests = await inFolder(folder.path, ["test"]);
    expect(tests.err).toContain(` ${KINDS.length} pass`);
    expect(tests.code).toBe(0);
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const types = await inFolder(folder.path, ["--bun", tsc, "-p", "."]);
    expect(types.out).toBe("");
    expect(types.code).toBe(0);
  }, 60_000);

  test("overwrites nothing", async () => {
    using folder = tempFolder();
    expect((await create(folder.path, "mine", "--yes")).code).toBe(0);
    const again = await create(folder.path, "mine", "--kind", "grid", "--yes");
    expect(again.code).toBe(1);
    expect(again.err).toContain("strategies/mine.ts is there already");
  });

  const refused = [
    [["Bad Name", "--yes"], `"Bad Name" cannot be a strategy's name`],
    [
      ["x", "--kind", "martingale", "--yes"],
      "--kind must be one of sma-cross, breakout, grid, hold",
    ],
    [["x", "--coin", 'A"B', "--yes"], "cannot be a coin"],
    [["x", "--timeframe", "7m", "--yes"], '"7m" is no timeframe'],
    [["x", "--kind", "breakout", "--timeframe", "1M", "--yes"], "must have a longer one"],
    [["x", "--kind", "hold"], "`--coin COIN`, `--timeframe TIMEFRAME`"],
  ] as const;
  test.each(refused)("refuses %p", async (args, says) => {
    using folder = tempFolder();
    const { code, err } = await create(folder.path, ...args);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(existsSync(join(folder.path, "strategies"))).toBe(false);
  });
});

test("kumbh new on a terminal asks for what is not said", async () => {
  using folder = tempFolder();
  const command = ["sh", "-c", `cd ${folder.path} && exec "$@"`, "sh", process.execPath, MAIN];
  using screen = openTerminal([...command, "new"], { HOME: folder.path, NO_COLOR: "1" });
  await screen.sees("name of the strategy");
  screen.type(`Mine${ENTER}`);
  await screen.sees("a letter first");
  screen.type(`${"\u0008".repeat(4)}mine${ENTER}`);
  await screen.sees("buys once and holds");
  screen.type(DOWN + ENTER);
  await screen.sees("coin (ETH)");
  screen.type(`SOL${ENTER}`);
  await screen.sees("❯ 15m");
  screen.type(DOWN + ENTER);
  await screen.sees("wrote strategies/mine.ts");
  await screen.sees("next: ");
  expect(await screen.after()).toContain("code=0");
  const written = await Bun.file(join(folder.path, "strategies/mine.ts")).text();
  expect(written).toContain("class Mine extends");
  expect(written).toContain('coin: z.string().default("SOL")');
  expect(written).toContain('entry: Timeframe.default("30m")');
  expect(existsSync(join(folder.path, "strategies/mine.test.ts"))).toBe(true);
});
