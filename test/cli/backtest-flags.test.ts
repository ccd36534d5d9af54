import { expect, test } from "bun:test";
import { type BacktestFlags, readSettings, readTrades } from "#cli/backtest-flags.ts";
import { BacktestSettings } from "#shared/backtest.ts";
import { KumbhError } from "#shared/errors.ts";
import { num, str, table } from "#test/support/table.ts";

const NOW = Date.UTC(2026, 0, 31);
const NONE: BacktestFlags = { funding: true };

test("nothing said is the default of every rule", () => {
  expect(readSettings(NONE, NOW)).toEqual(BacktestSettings.parse({}));
});

test("all that can be said is read", () => {
  const flags: BacktestFlags = {
    from: "2024-10-01",
    to: "1d",
    capital: "2500.5",
    leverage: "3",
    takerFee: "4.5bps",
    makerFee: "-0.002%",
    slippageBps: "0",
    funding: false,
    limitFill: "touch",
    path: "ohlc",
    detail: "1m",
    seed: "42",
    allowNet: true,
    allowGaps: true,
  };
  expect(readSettings(flags, NOW)).toEqual({
    fromMs: Date.UTC(2024, 9, 1),
    toMs: Date.UTC(2026, 0, 30),
    capital: 2500.5,
    leverage: 3,
    takerFee: 0.000_45,
    makerFee: -0.000_02,
    slippageBps: 0,
    funding: false,
    limitFill: "touch",
    path: "ohlc",
    detail: "1m",
    seed: 42,
    allowNet: true,
    allowGaps: true,
  });
});

const fees = table(
  { typed: str, is: num },
  `
  typed    | is
  4.5bps   | 0.00045
  0.045%   | 0.00045
  0.00045  | 0.00045
  -0.2bps  | -0.00002
  0        | 0
`,
);

test.each(fees)("a fee of $typed is $is", ({ typed, is }) => {
  expect(readSettings({ ...NONE, takerFee: typed }, NOW).takerFee).toBe(is);
});

const refused: readonly Partial<BacktestFlags>[] = [
  { takerFee: "45" },
  { makerFee: "free" },
  { capital: "0" },
  { capital: "1e5" },
  { leverage: "0.5" },
  { slippageBps: "-1" },
  { seed: "99999999999999999999" },
  { limitFill: "always" },
];

test.each(refused)("%j is refused", (flags) => {
  expect(() => readSettings({ ...NONE, ...flags }, NOW)).toThrow(KumbhError);
});

test("trades are a number, all of them, or as many as the report likes", () => {
  expect([readTrades("0"), readTrades("12"), readTrades("all"), readTrades(undefined)]).toEqual([
    0,
    12,
    "all",
    undefined,
  ]);
});
