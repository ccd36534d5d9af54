import { describe, expect, test } from "bun:test";
import { readSimFlags, type SimFlags } from "#cli/sim-flags.ts";
import { SIM_COINS_DEFAULT, SimOptions } from "#shared/sim-options.ts";
import { oneOf, str, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const DEFAULTS: SimFlags = { speed: "1", port: "3001" };
const ANN = "0x00000000000000000000000000000000000000aA";
const BOB = "0x00000000000000000000000000000000000000bb";

describe("the flags of sim", () => {
  test("left out mean a seeded market at real speed", () => {
    expect(readSimFlags(DEFAULTS)).toEqual({
      market: { kind: "seeded", seed: 1 },
      speed: 1,
      coins: [...SIM_COINS_DEFAULT],
      accounts: [],
      agents: [],
      open: false,
      port: 3001,
      json: false,
    });
  });

  test("are read into the simulator's options", () => {
    const options = readSimFlags({
      market: "seeded:42",
      speed: "0.5",
      coins: "BTC, ETH",
      account: [`${ANN}=5000.5`, BOB],
      agent: [`${ANN}=${BOB}`],
      open: true,
      frictionless: true,
      fault: ["expire=60", "rate-limit", "clock-offset=-250"],
      port: "0",
      json: true,
    });
    expect(SimOptions.parse(options)).toEqual({
      market: { kind: "seeded", seed: 42 },
      speed: 0.5,
      coins: ["BTC", "ETH"],
      accounts: [
        { address: ANN.toLowerCase(), usdc: 5000.5 },
        { address: BOB, usdc: 10_000 },
      ],
      agents: [{ agent: ANN.toLowerCase(), account: BOB }],
      open: true,
      frictionless: true,
      faults: [
        { name: "expire", value: 60 },
        { name: "rate-limit" },
        { name: "clock-offset", value: -250 },
      ],
      port: 0,
      json: true,
    });
  });

  test("of a replay take all the coins of its folder", () => {
    using folder = tempFolder();
    const { market, coins } = readSimFlags({ ...DEFAULTS, replay: folder.path });
    expect({ market, coins }).toEqual({
      market: { kind: "replay", folder: folder.path },
      coins: [],
    });
  });

  test("cannot ask for two markets", () => {
    expect(() => readSimFlags({ ...DEFAULTS, market: "seeded", replay: "." })).toThrow(
      "--market and --replay exclude each other",
    );
  });

  const bad = table(
    { flag: oneOf("market", "replay", "speed", "coins", "port"), value: str },
    `
    flag    | value
    market  | seed
    market  | seeded:
    market  | seeded:x
    market  | seeded:-1
    market  | seeded:99999999999999999
    replay  | no-such-folder
    speed   | 0
    speed   | -1
    speed   | fast
    speed   | 1e3
    speed   | 10001
    coins   | BTC,
    port    | -1
    port    | 65536
    port    | any
  `,
  );
  test.each(bad)("refuse --$flag $value", ({ flag, value }) => {
    expect(() => readSimFlags({ ...DEFAULTS, [flag]: value })).toThrow(`--${flag} must be`);
  });

  const badAccounts = table(
    { flag: oneOf("account", "agent"), value: str },
    `
    flag     | value
    account  | 0x12
    account  | ${ANN}=
    account  | ${ANN}=much
    account  | ${ANN}=-5
    account  | ${ANN}=5=6
    agent    | ${ANN}
    agent    | ${ANN}=0x12
    agent    | A=B
    agent    | ${ANN}=${BOB}=${ANN}
  `,
  );
  test.each(badAccounts)("refuse --$flag $value", ({ flag, value }) => {
    expect(() => readSimFlags({ ...DEFAULTS, [flag]: [value] })).toThrow(`--${flag} must be`);
  });
});

test.each(["drip", "expire", "expire=soon", "slow=-1", "slow=1=2"])(
  "--fault %s is refused",
  (fault) => {
    expect(() => readSimFlags({ ...DEFAULTS, fault: [fault] })).toThrow("--fault");
  },
);
