/** What a person gets wrong: one clear sentence, the right exit code, and nothing changed. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  cliIn,
  type Engine,
  example,
  run,
  startEngine,
  writeConfig,
} from "#test/support/engine.ts";
import { tempFolder, tempHome } from "#test/support/temp-home.ts";

let engine: Engine;
const files = tempFolder();

beforeAll(async () => {
  engine = await startEngine({ market: { kind: "seeded", seed: 3 }, speed: 60 });
  const started = await engine.kumbh("add", example("sma-cross.ts"), "--name", "btc-trend");
  expect(started).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

function file(name: string, text: string): string {
  const path = join(files.path, name);
  writeFileSync(path, text);
  return path;
}

const STRATEGY = `import { type Candle, type Feed, Strategy, z } from "kumbh";
export default class Mine extends Strategy {
  static readonly meta = { name: "mine", version: "1.0.0" };
  static readonly params = z.object({});
  feeds(): Feed[] { return [{ coin: "BTC", timeframe: "1m" }]; }
  onCandle(candle: Candle): void { void candle; }
}
`;
const mine = (from: string, to: string): string =>
  file(`mine-${Bun.hash(from + to)}.ts`, STRATEGY.replace(from, to));

const fleet = (more: string, name = "one"): string =>
  file(
    `fleet-${Bun.hash(more + name)}.toml`,
    `[[strategy]]\nname = "${name}"\nfile = "${example("sma-cross.ts")}"\n${more}\n`,
  );

/** Arguments, the exit code, and what the error must say. */
const CASES: readonly (readonly [string, () => readonly string[], 1 | 2, RegExp])[] = [
  ["an unknown command", () => ["strat"], 2, /no command "strat"; did you mean "start"\?/],
  [
    "an unknown strategy",
    () => ["stop", "btc-trnd"],
    1,
    /no strategy "btc-trnd"; did you mean "btc-trend"\?/,
  ],
  [
    "an unknown strategy beside a known one",
    () => ["start", "btc-trend", "eth"],
    1,
    /no strategy "eth"/,
  ],
  ["a file that is not there", () => ["add", join(files.path, "none.ts")], 1, /no file .*none\.ts/],
  ["a folder", () => ["add", files.path], 2, /is neither a strategy nor a fleet file/],
  [
    "a syntax error",
    () => ["add", mine("void candle; }", "void candle; ")],
    1,
    /mine-\d+\.ts:\d+:\d+: [\s\S]* \| /,
  ],
  [
    "a type error",
    () => ["add", mine("candle: Candle", "candle: string")],
    1,
    /mine-\d+\.ts:6:\d+: .*candle.*\n[\s\S]*6 \|/i,
  ],
  ["no class", () => ["add", file("none.ts", "export const x = 1;\n")], 1, /export/],
  [
    "a throw while loading",
    () => ["add", file("throws.ts", `${STRATEGY}throw new Error("no luck");\n`)],
    1,
    /no luck[\s\S]*8 \|/,
  ],
  ["an unknown import", () => ["add", mine('"kumbh"', '"kumbhh"')], 1, /kumbhh/],
  [
    "a param of a wrong type",
    () => ["add", example("sma-cross.ts"), "--", "--fast", "ten"],
    1,
    /fast/,
  ],
  [
    "a param with a near key",
    () => ["add", example("sma-cross.ts"), "--", "--fsat", "10"],
    1,
    /fsat.*did you mean "fast"/,
  ],
  [
    "an unknown timeframe",
    () => ["add", example("sma-cross.ts"), "--", "--timeframe", "1hour"],
    1,
    /timeframe.*1hour|1hour.*timeframe/,
  ],
  [
    "an unknown coin",
    () => ["add", example("sma-cross.ts"), "--", "--coin", "BTCC"],
    1,
    /no coin "BTCC"; did you mean "BTC"\?/,
  ],
  ["a bad name", () => ["add", example("sma-cross.ts"), "--name", "BTC Trend"], 2, /BTC Trend/],
  ["malformed TOML", () => ["start", fleet("params = { fast = }")], 2, /fleet-\d+\.toml:4: /],
  [
    "an unknown key of a fleet file",
    () => ["start", fleet("parms = {}")],
    2,
    /fleet-\d+\.toml:4: .*parms: unknown key; did you mean "params"\?/,
  ],
  ["a wrong param of a fleet file", () => ["start", fleet('params = { fast = "10" }')], 1, /fast/],
  [
    "a name twice in a fleet",
    () => ["start", fleet(`[[strategy]]\nname = "one"\nfile = "x.ts"`)],
    2,
    /:5: a second strategy is named "one"/,
  ],
  ["a fleet file that is not there", () => ["start", "none.toml"], 1, /no file .*none\.toml/],
  ["--only with an unknown name", () => ["start", fleet(""), "--only", "two"], 2, /two/],
  ["remove without a word from anybody", () => ["remove", "btc-trend"], 2, /--yes/],
  ["an unknown flag", () => ["ls", "--jsn"], 2, /--jsn/],
  [
    "a socket path that Linux cannot take",
    () => ["--socket", `/tmp/${"x".repeat(120)}.sock`, "ls"],
    2,
    /107/,
  ],
];

describe("refused", () => {
  test.each(CASES)("%s", async (_, args, code, says) => {
    const before = await engine.list();
    const answer = await engine.kumbh(...args());
    expect(answer.stderr).toMatch(says);
    expect(answer.code).toBe(code);
    expect(answer.stdout).toBe("");
    expect(answer.stderr).not.toMatch(/\n\s+at .*\(|undefined|\[object/);
    const after = await engine.list();
    expect(after.strategies).toEqual(before.strategies);
  });

  test("a file that will not end when it is asked holds nobody up", async () => {
    const stays = `process.on("SIGTERM", () => undefined);
process.on("exit", () => { for (;;); });
`;
    const path = file("stays.ts", STRATEGY + stays);
    expect(await engine.kumbh("check", path)).toMatchObject({ code: 0, stderr: "" });
  }, 20_000);

  test("a new version with a fault leaves the old one as it is", async () => {
    const path = file("versions.ts", STRATEGY);
    expect(await engine.kumbh("start", path)).toMatchObject({ code: 0 });
    const before = await engine.show("mine");
    writeFileSync(path, STRATEGY.replace("void candle;", "candle.opn;"));
    const answer = await engine.kumbh("add", path);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain("opn");
    const after = await engine.show("mine");
    expect(after).toMatchObject({ hash: before.hash, pid: before.pid, state: "running" });
    await engine.kumbh("remove", "mine", "--yes");
  });
});

describe("a home that cannot be", () => {
  test("a config that others can read, with the chmod to type", async () => {
    using temp = tempHome();
    writeConfig(temp.home, engine.sim);
    chmodSync(temp.home.config, 0o644);
    const answer = await cliIn(temp.home).kumbh("ls");
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain(`chmod 600 ${temp.home.config}`);
  });

  test.each([
    [
      "a malformed key",
      '[account]\nkey = "0x1234"',
      2,
      /config\.toml:3: account\.key: must be a private key/,
    ],
    ["a key file that is not there", '[account]\nkey_file = "none.key"', 1, /no file .*none\.key/],
    ["a key command that fails", '[account]\nkey_command = "exit 3"', 1, /exited with code 3/],
    [
      "a key command that gives no key",
      '[account]\nkey_command = "echo hello"',
      1,
      /must be 0x and 64 hex digits/,
    ],
    [
      "an unknown key",
      'netwrk = "x"',
      2,
      /config\.toml:2: netwrk: unknown key; did you mean "network"\?/,
    ],
    [
      "an unknown network",
      '[endpoints]\nhttp = "ftp://x"',
      2,
      /config\.toml:3: endpoints\.http: must be an http/,
    ],
  ] as const)("%s in the config", async (_, text, code, says) => {
    using temp = tempHome();
    writeFileSync(temp.home.config, `# mine\n${text}\n`, { mode: 0o600 });
    const answer = await cliIn(temp.home).kumbh("ls");
    expect(answer.stderr).toMatch(says);
    expect(answer.stderr).not.toContain("0x1234");
    expect(answer.code).toBe(code);
  });

  test("a folder that cannot be written", async () => {
    const answer = await run(["--home", "/proc/kumbh", "ls"]);
    expect(answer.stderr).toMatch(/cannot write to \/proc\/kumbh/);
    expect(answer.code).toBe(1);
  });

  test("a port that is taken", async () => {
    const { port } = new URL(engine.sim.http);
    const answer = await run(["sim", "--port", port]);
    expect(answer.stderr).toMatch(new RegExp(`${port}.*(taken|in use)|(taken|in use).*${port}`));
    expect(answer.code).toBe(1);
  });
});
