import { describe, expect, test } from "bun:test";
import { UnknownRankError } from "#cli/sweep/errors.ts";
import { ranked, readRank, scoreOf, type Trial } from "#cli/sweep/ranking.ts";
import type { BacktestStats } from "#shared/backtest.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

const STATS: BacktestStats = {
  finalEquity: 0,
  peakEquity: 0,
  returnRatio: 0,
  buyHoldRatio: null,
  cagr: null,
  volatility: null,
  sharpe: null,
  sortino: null,
  calmar: null,
  maxDrawdownRatio: 0,
  avgDrawdownRatio: null,
  maxDrawdownMs: null,
  omega: null,
  ulcer: null,
  var95: null,
  cvar95: null,
  trades: 0,
  winRate: null,
  profitFactor: null,
  expectancy: null,
  sqn: null,
  kelly: null,
  bestTradeRatio: null,
  worstTradeRatio: null,
  avgTradeRatio: null,
  exposureRatio: 0,
  fees: 0,
  funding: 0,
  turnover: 0,
  maxConsecutiveLosses: 0,
  ambiguousCandles: 0,
};

const done = (stats: Partial<BacktestStats>): SweepOutcome => ({
  kind: "done",
  figures: {
    stats: { ...STATS, ...stats },
    skew: null,
    kurtosis: null,
    days: 0,
    dailyMean: 0,
    dailyDeviation: 0,
  },
});
const trial = (index: number, train: SweepOutcome): Trial => ({ index, train, test: undefined });
const FAILED: SweepOutcome = { kind: "failed", reason: "threw" };

describe("a ranking", () => {
  test("puts the best first and what has no score last", () => {
    const trials = [
      trial(0, FAILED),
      trial(1, done({ sharpe: 0.5 })),
      trial(2, done({ sharpe: null })),
      trial(3, done({ sharpe: 1.5 })),
      trial(4, done({ sharpe: 0.5 })),
    ];
    expect(ranked(trials, "sharpe").map(({ index }) => index)).toEqual([3, 1, 4, 0, 2]);
  });

  test("prefers the smaller drawdown", () => {
    const trials = [
      trial(0, done({ maxDrawdownRatio: 0.3 })),
      trial(1, done({ maxDrawdownRatio: 0.1 })),
    ];
    expect(ranked(trials, "drawdown").map(({ index }) => index)).toEqual([1, 0]);
    expect(scoreOf(done({ maxDrawdownRatio: 0.3 }), "drawdown")).toBe(-0.3);
  });

  test("is asked for by name", () => {
    expect(readRank("profit-factor")).toBe("profit-factor");
    expect(() => readRank("sharp")).toThrow(UnknownRankError);
    expect(() => readRank("sharp")).toThrow(/did you mean "sharpe"/);
  });
});
