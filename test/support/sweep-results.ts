/** Outcomes of runs of a sweep, made up. */
import type { Grid } from "#cli/sweep/study.ts";
import type { BacktestStats } from "#shared/backtest.ts";
import type { SweepFigures, SweepOutcome } from "#shared/sweep.ts";

const STATS: BacktestStats = {
  finalEquity: 10_000,
  peakEquity: 10_000,
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

/** A run with these statistics, of 100 days. */
export const ran = (
  stats: Partial<BacktestStats>,
  more: Partial<Omit<SweepFigures, "stats">> = {},
): SweepOutcome => ({
  kind: "done",
  figures: {
    stats: { ...STATS, ...stats },
    skew: 0,
    kurtosis: 0,
    days: 100,
    dailyMean: 0,
    dailyDeviation: 0,
    ...more,
  },
});

/** One with a Sharpe ratio, and figures that go with it. */
export const scored = (sharpe: number): SweepOutcome =>
  ran({
    sharpe,
    returnRatio: sharpe / 10,
    maxDrawdownRatio: 0.05 + Math.abs(sharpe) / 100,
    trades: 40,
    exposureRatio: 0.6,
  });

export const failed = (reason: string): SweepOutcome => ({ kind: "failed", reason });

export const DAY_MS = 86_400_000;
export const START_MS = Date.UTC(2025, 0, 1);

/** Two params of three values each; the strategy refuses one combination. */
export const GRID: Grid = {
  meta: { name: "sma-cross", version: "1.0.0", description: "" },
  axes: [
    { name: "fast", values: ["5", "10", "15"] },
    { name: "slow", values: ["15", "30", "45"] },
  ],
  fixed: { coin: "BTC" },
  rank: "sharpe",
  span: { fromMs: START_MS, toMs: START_MS + 100 * DAY_MS },
  chosen: 9,
  points: [0, 1, 2, 3, 4, 5, 7, 8],
  refused: [{ index: 6, reason: "params.fast: must be less than slow, it is 15" }],
};
