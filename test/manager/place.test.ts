import { describe, expect, test } from "bun:test";
import {
  arrive,
  ConsentNeededError,
  type Place,
  PlaceChangedError,
  placeOf,
} from "#manager/place.ts";
import type { Registered } from "#manager/store/registry.ts";
import { ConfigFile } from "#shared/config.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { bool, maybe, oneOf, str, table } from "#test/support/table.ts";

const SIM = "http://127.0.0.1:3001";

/** `testnet`, or `testnet@sim`. */
function place(text: string): Place {
  const [name = "", at] = text.split("@");
  const network = oneOf("paper", "testnet", "mainnet")(name);
  return { network, http: at === undefined ? null : SIM, ws: null };
}

const strategy = (more: Partial<Registered>): Registered => ({
  name: "a",
  version: "1.0.0",
  description: "",
  file: "a.ts",
  hash: "0123456789abcdef",
  params: {},
  paramOrigins: {},
  feeds: [],
  settings: SETTINGS_DEFAULT,
  addedAtMs: 0,
  desired: "running",
  failed: null,
  run: 0,
  failures: 0,
  restarts: 0,
  candles: 0,
  lastCandleAtMs: null,
  lastError: null,
  ...more,
});

const FLEETS = {
  none: [],
  runs: [strategy({})],
  stopped: [strategy({ desired: "stopped" })],
  failed: [strategy({ failed: "too often" })],
  paper: [strategy({ settings: { ...SETTINGS_DEFAULT, paper: true } })],
};

const what = (run: () => string): string => {
  try {
    return run();
  } catch (error) {
    if (error instanceof PlaceChangedError) return "refused";
    if (error instanceof ConsentNeededError) return "asks";
    throw error;
  }
};

const cases = table(
  {
    before: maybe(str),
    now: str,
    fleet: oneOf("none", "runs", "stopped", "failed", "paper"),
    named: bool,
    yes: bool,
    down: bool,
    is: str,
  },
  `
  before       now          fleet    named  yes  down | is
  -            testnet      none     no     no   no   | stays
  -            testnet      runs     no     no   no   | stays
  testnet      testnet      runs     no     no   no   | stays
  testnet      mainnet      none     no     no   no   | stays
  testnet      mainnet      runs     no     no   no   | refused
  testnet      mainnet      stopped  no     no   no   | refused
  testnet      mainnet      runs     no     yes  no   | refused
  mainnet      testnet      runs     no     no   no   | refused
  testnet      paper        runs     no     no   no   | refused
  paper        mainnet      runs     no     no   no   | refused
  testnet      mainnet      runs     yes    no   no   | asks
  testnet      mainnet      runs     yes    yes  no   | moves
  testnet@sim  testnet      runs     no     no   no   | refused
  testnet      testnet@sim  runs     no     no   no   | refused
  testnet@sim  testnet@sim  runs     no     no   no   | stays
  testnet@sim  testnet      runs     yes    yes  no   | moves
  testnet@sim  mainnet@sim  runs     no     no   no   | refused
  paper@sim    paper        runs     no     no   no   | stays
  mainnet      mainnet      runs     no     no   yes  | asks
  mainnet      mainnet      runs     no     yes  yes  | stays
  mainnet      mainnet      runs     no     no   no   | stays
  mainnet      mainnet      stopped  no     no   yes  | stays
  mainnet      mainnet      failed   no     no   yes  | stays
  mainnet      mainnet      paper    no     no   yes  | stays
  testnet      testnet      runs     no     no   yes  | stays
`,
);

describe("a fleet", () => {
  test.each(cases)(
    "from $before to $now ($fleet, named: $named, yes: $yes, down: $down) $is",
    ({ before, now, fleet, named, yes, down, is }) => {
      const arrival = {
        before: before === undefined ? undefined : place(before),
        now: place(now),
        fleet: FLEETS[fleet],
        isNamed: named,
        yes,
        wasDownAsked: down,
      };
      expect(what(() => arrive(arrival))).toBe(is);
    },
  );
});

describe("the refusal names both places and what to type", () => {
  const refusals = table(
    { from: str, to: str, message: str, remedy: str },
    `
    from         to       | message                                                 remedy
    testnet      mainnet  | belongs to testnet, config.toml says mainnet            \`kumbh up --testnet\`
    paper        mainnet  | belongs to paper, config.toml says mainnet              \`kumbh up --network paper\`
    testnet@sim  testnet  | testnet at http://127.0.0.1:3001, config.toml says      put [endpoints] of config.toml back
    testnet@sim  mainnet  | testnet at http://127.0.0.1:3001, config.toml says      put network and [endpoints] of
    testnet      mainnet  | 2 strategies                                            \`kumbh up --mainnet\` asks first
  `,
  );
  test.each(refusals)("from $from to $to: $remedy", ({ from, to, message, remedy }) => {
    const error = new PlaceChangedError(2, place(from), place(to));
    expect(error.message).toContain(message);
    expect(error.remedy).toContain(remedy);
  });
});

test("endpoints that are the network's own are no other place", () => {
  const http = "https://api.hyperliquid.xyz";
  const config = { network: "mainnet", endpoints: { http } };
  expect(placeOf(ConfigFile.parse(config))).toEqual({ network: "mainnet", http: null, ws: null });
  expect(placeOf(ConfigFile.parse({ ...config, network: "testnet" })).http).toBe(http);
});
