import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { ConfigFile } from "#shared/config.ts";
import { parseEcosystem } from "#shared/ecosystem.ts";
import { KumbhError } from "#shared/errors.ts";
import { parseToml } from "#shared/toml.ts";

/** What a person is told: message, then the lines. */
function told(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof KumbhError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.frame === null ? error.message : `${error.message}\n${error.frame}`;
  }
  throw new Error("nothing was refused");
}

const fleet = (text: string) => parseEcosystem(text, "ecosystem.toml", "/fleet");

const FLEET = `
[defaults.restart]
max_failures = 3

[[strategy]]
name = "btc-trend"
file = "strategies/sma-cross.ts"
params = { coin = "BTC", fast = 10 }

[[strategy]]
name = "eth"
file = "/abs/breakout.ts"
paper = true
restart = { backoff_min = "500ms" }
limits = { memory = "256MB", silent = "5s" }
[strategy.env]
LOG = "debug"
`;

describe("a fleet file", () => {
  test("is read into entries that name everything", () => {
    const [btc, eth] = fleet(FLEET);
    expect(btc).toMatchObject({
      name: "btc-trend",
      file: "/fleet/strategies/sma-cross.ts",
      params: { coin: "BTC", fast: 10 },
      settings: { paper: false, restart: { maxFailures: 3, backoffMsMin: 1000 } },
    });
    expect(eth).toMatchObject({
      file: "/abs/breakout.ts",
      settings: {
        paper: true,
        env: { LOG: "debug" },
        restart: { maxFailures: 3, backoffMsMin: 500 },
        limits: { memoryBytes: 256 * 1024 * 1024, silentMs: 5000, stopMs: 10_000 },
      },
    });
  });

  test("says with what a strategy trades on paper, the defaults filled in", () => {
    const [btc, eth] = fleet(`
[defaults.paper_account]
taker_fee = "0.05%"
[[strategy]]
name = "btc"
file = "a.ts"
[[strategy]]
name = "eth"
file = "a.ts"
paper = true
paper_account = { capital = 2_500, taker_fee = "4.5bps", maker_fee = "-0.2bps" }
`);
    expect(btc?.settings.paperAccount).toEqual({
      capital: 10_000,
      takerFee: 0.0005,
      makerFee: 0.000_15,
    });
    expect(eth?.settings.paperAccount).toEqual({
      capital: 2500,
      takerFee: 0.000_45,
      makerFee: -0.000_02,
    });
    const account = (text: string) => () =>
      fleet(`[[strategy]]\nname = "a"\nfile = "a.ts"\npaper_account = { ${text} }`);
    expect(told(account("captal = 5"))).toContain('did you mean "capital"?');
    expect(told(account("capital = 0"))).toContain("strategy[0].paper_account.capital");
    expect(told(account("taker_fee = 4.5"))).toContain('must be a fee such as "4.5bps"');
    expect(told(account('taker_fee = "5%"'))).toContain("must be a fee of 1% or less");
  });

  test("names the line of a syntax error", () => {
    expect(told(() => fleet(FLEET.replace('name = "eth"', "name = eth")))).toMatchInlineSnapshot(`
      "ecosystem.toml:11: invalid value
        10 | [[strategy]]
      > 11 | name = eth
           |        ^
        12 | file = "/abs/breakout.ts""
    `);
  });

  test("names the nearest key", () => {
    const wrong = FLEET.replace("backoff_min", "backof_min");
    expect(told(() => fleet(wrong))).toMatchInlineSnapshot(`
      "ecosystem.toml:14: strategy[1].restart.backof_min: unknown key; did you mean "backoff_min"?
        13 | paper = true
      > 14 | restart = { backof_min = "500ms" }
        15 | limits = { memory = "256MB", silent = "5s" }"
    `);
    expect(
      told(() => fleet(FLEET.replace("[strategy.env]", "[strategy.evn]"))),
    ).toMatchInlineSnapshot(`
      "ecosystem.toml:16: strategy[1].evn: unknown key; did you mean "env"?
        15 | limits = { memory = "256MB", silent = "5s" }
      > 16 | [strategy.evn]
        17 | LOG = "debug""
    `);
    expect(told(() => fleet(FLEET.replace("[defaults", "[default")))).toMatchInlineSnapshot(`
      "ecosystem.toml:2: default: unknown key; did you mean "defaults"?
        1 | 
      > 2 | [default.restart]
        3 | max_failures = 3"
    `);
  });

  test("names the line of a wrong value", () => {
    expect(told(() => fleet(FLEET.replace('"5s"', "5")))).toMatchInlineSnapshot(`
      "ecosystem.toml:15: strategy[1].limits.silent: must be a duration such as "500ms", "30s", "5m" or "1h"
        14 | restart = { backoff_min = "500ms" }
      > 15 | limits = { memory = "256MB", silent = 5 }
        16 | [strategy.env]"
    `);
    expect(told(() => fleet(FLEET.replace('"256MB"', '"lots"')))).toMatchInlineSnapshot(`
      "ecosystem.toml:15: strategy[1].limits.memory: must be a size such as "256MB" or "1GB"
        14 | restart = { backoff_min = "500ms" }
      > 15 | limits = { memory = "lots", silent = "5s" }
        16 | [strategy.env]"
    `);
    expect(told(() => fleet(FLEET.replace('"eth"', '"Eth Breakout"')))).toMatchInlineSnapshot(`
      "ecosystem.toml:11: strategy[1].name: must be small letters, digits and hyphens, a letter first, at most 40
        10 | [[strategy]]
      > 11 | name = "Eth Breakout"
        12 | file = "/abs/breakout.ts""
    `);
  });

  test("refuses a second strategy of one name, with its line", () => {
    expect(told(() => fleet(FLEET.replace('"eth"', '"btc-trend"')))).toMatchInlineSnapshot(
      `"ecosystem.toml:11: a second strategy is named "btc-trend""`,
    );
  });

  test("refuses a fleet of none", () => {
    expect(told(() => fleet(""))).toMatchInlineSnapshot(`
      "ecosystem.toml:1: strategy: must hold at least one [[strategy]]
      > 1 | "
    `);
  });
});

const config = (text: string) => parseToml(ConfigFile, { file: "config.toml", text, secret: true });

describe("config.toml", () => {
  const KEY = `0x${"ab".repeat(32)}`;
  test("has a default for every key", () => {
    expect(config("")).toMatchObject({ network: "paper", account: {}, endpoints: {} });
  });

  test("never quotes a line, whatever is wrong", () => {
    const wrong = [
      `network = "testnet"\n[account]\nkey = "${KEY}"\nadress = "0x1"`,
      `[account]\nkey = "${KEY}" x`,
      `[account]\nkey = "${KEY}0"`,
      `[account]\nkey = "${KEY}"\nkey_file = "x"`,
      `[account]\naddress = "${KEY}"`,
    ];
    expect(wrong.map((text) => told(() => config(text)))).toMatchInlineSnapshot(`
      [
        "config.toml:4: account.adress: unknown key; did you mean "address"?",
        "config.toml:2: each key-value declaration must be followed by an end-of-line",
        "config.toml:2: account.key: must be a private key: 0x and 64 hex digits",
        "config.toml:1: account: only one of key, key_file and key_command can be given",
        "config.toml:2: account.address: must be an address: 0x and 40 hex digits",
      ]
    `);
    for (const text of wrong) expect(told(() => config(text))).not.toContain("abab");
  });
});

test("a line is found in inline tables, dotted keys and arrays of tables", () => {
  const schema = z.strictObject({ a: z.strictObject({ b: z.strictObject({ c: z.int() }) }) });
  const read = (text: string) => told(() => parseToml(schema, { file: "f", text, secret: false }));
  expect(read("a.b.c = 1\nx = 1")).toStartWith("f:2: x: unknown key");
  expect(read('\n\na.b.c = "one"')).toStartWith("f:3: a.b.c:");
  expect(read('[a]\nb = { c = "one" }')).toStartWith("f:2: a.b.c:");
  expect(read('[a.b]\n# c\nc = "one"')).toStartWith("f:3: a.b.c:");
});
