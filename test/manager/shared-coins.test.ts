import { describe, expect, test } from "bun:test";
import { sharedCoinWarnings } from "#manager/shared-coins.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";

interface Options {
  readonly feeds?: readonly string[];
  readonly coin?: string;
  readonly paper?: boolean;
}

const trader = (name: string, { feeds = [], coin, paper = false }: Options) => ({
  name,
  params: coin === undefined ? {} : { coin },
  feeds: feeds.map((each) => ({ coin: each, timeframe: "1m" as const, warmup: 0 })),
  settings: { ...SETTINGS_DEFAULT, paper },
});

const BTC = { feeds: ["BTC", "BTC"] };

describe("strategies on one account", () => {
  test("that share a coin are named, once for each coin", () => {
    const both = { feeds: ["BTC", "ETH"] };
    const warnings = sharedCoinWarnings([trader("a", both), trader("b", both)], [], "testnet");
    expect(warnings.map((text) => text.split(":")[0])).toEqual(["a, b use BTC", "a, b use ETH"]);
    expect(warnings[0]).toContain("net into one position");
  });

  test("are compared with those that run", () => {
    const running = [trader("old", BTC), trader("other", { feeds: ["SOL"] })];
    const warnings = sharedCoinWarnings([trader("new", BTC)], running, "mainnet");
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toStartWith("new, old use BTC:");
  });

  test("are told by a coin among the params too", () => {
    const starting = [trader("a", { coin: "HYPE" }), trader("b", { feeds: ["HYPE"] })];
    expect(sharedCoinWarnings(starting, [], "testnet").length).toBe(1);
  });

  test("a strategy that is replaced does not share with what it was", () => {
    expect(sharedCoinWarnings([trader("a", BTC)], [trader("a", BTC)], "testnet")).toEqual([]);
  });

  test("those that run already are not spoken of again", () => {
    const running = [trader("a", BTC), trader("b", BTC)];
    expect(sharedCoinWarnings([trader("c", { feeds: ["ETH"] })], running, "testnet")).toEqual([]);
  });

  test("paper orders net with nobody's", () => {
    const starting = [trader("a", BTC), trader("b", { ...BTC, paper: true })];
    expect(sharedCoinWarnings(starting, [], "mainnet")).toEqual([]);
    const real = [trader("a", BTC), trader("b", BTC)];
    expect(sharedCoinWarnings(real, [], "paper")).toEqual([]);
  });
});
