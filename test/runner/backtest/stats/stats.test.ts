import { describe, expect, test } from "bun:test";
import type { RunRecord } from "#runner/backtest/record.ts";
import { dailySeries } from "#runner/backtest/stats/daily.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { partOf, type Statistics, statisticsOf } from "#runner/backtest/stats/stats.ts";
import { BacktestStats, MoreStats } from "#shared/backtest.ts";
import { fillOf, HOUR_MS, randomRecord, recordOf, START_MS } from "#test/support/backtest-run.ts";

function statsOf(record: RunRecord): Statistics {
  const [trips, daily] = [roundTrips(record), dailySeries(record)];
  return statisticsOf({ record, trips, daily, startMs: START_MS });
}

const hour = (hours: number) => ({ timeMs: START_MS + hours * HOUR_MS, fee: 0.5 });

/** Ten hours: 2 bought at 100, sold at 105; 1 sold short at 105, held to the end. */
const TEN_HOURS = recordOf({
  capital: 1000,
  startMs: START_MS,
  stepMs: HOUR_MS,
  closes: { BTC: [100, 102, 98, 104, 105, 105, 103, 107, 106, 105] },
  fills: [
    fillOf("buy", 2, 100, { ...hour(1), slippage: 0.02 }),
    fillOf("sell", 2, 105, { ...hour(5), slippage: 0.03 }),
    fillOf("sell", 1, 105, hour(6)),
  ],
  fundings: [
    { coin: "BTC", timeMs: START_MS + 3 * HOUR_MS, paid: 0.1 },
    { coin: "BTC", timeMs: START_MS + 7 * HOUR_MS, paid: -0.04 },
  ],
});

describe("a run of ten hours", () => {
  const { stats, more, notes } = statsOf(TEN_HOURS);

  test("is told in money", () => {
    // 10 won with the long, 0 with the short at 105; fees 1.5; funding 0.06.
    expect(stats.finalEquity).toBeCloseTo(1000 + 10 - 1.5 - 0.06, 9);
    expect(stats.returnRatio).toBeCloseTo(0.008_44, 9);
    expect(stats.fees).toBeCloseTo(1.5, 9);
    expect(stats.funding).toBeCloseTo(0.06, 9);
    expect(more.slippage).toBeCloseTo(0.05, 9);
    // 200 + 210 + 105 over 1000.
    expect(stats.turnover).toBeCloseTo(0.515, 9);
    // The day has 24 hours, the run ten.
    expect(more.turnoverPerDay).toBeCloseTo(0.515 * 2.4, 9);
    expect(more.tradesPerDay).toBeCloseTo(2.4, 9);
    expect(stats.buyHoldRatio).toBeCloseTo(0.05, 9);
  });

  test("is told by its closes", () => {
    // After the long: 1000 + 10 - 1 - 0.1 = 1008.9. At hour 7 the short is worth 2: + 2 - 0.5.
    expect(stats.peakEquity).toBeCloseTo(1010.4, 9);
    // Hour 3: 1000 + 2 · (98 - 100) - 0.5 = 995.5, from 1003.5 at hour 2.
    expect(stats.maxDrawdownRatio).toBeCloseTo(8 / 1003.5, 9);
    // In a position in steps 2 to 6 and 7 to 10.
    expect(stats.exposureRatio).toBeCloseTo(0.9, 9);
    expect(more.durationMs).toBe(10 * HOUR_MS);
  });

  test("counts what was closed alone", () => {
    expect(stats.trades).toBe(1);
    // 10 - 1 - 0.1 of the entry's 200.
    expect(stats.bestTradeRatio).toBeCloseTo(8.9 / 200, 9);
    expect(more).toMatchObject({ wins: 1, draws: 0, losses: 0, avgHoldingMs: 4 * HOUR_MS });
  });

  test("has no figure for which it is too short, and says why", () => {
    const { cagr, sharpe, sortino, calmar, volatility, winRate, profitFactor } = stats;
    const none = [cagr, sharpe, sortino, calmar, volatility, winRate, profitFactor];
    expect(none).toEqual(none.map(() => null));
    expect(notes).toMatchObject({
      cagr: "needs 14 days, the run has 0.4",
      calmar: "needs 14 days, the run has 0.4",
      sharpe: "needs 30 daily returns, there is 1 daily return",
      winRate: "needs 10 closed trades, there is 1 closed trade",
      avgLoss: "no trade lost",
    });
  });
});

const all = (told: Statistics): [string, unknown][] => [
  ...Object.entries(told.stats),
  ...Object.entries(told.more),
];

/** Every null has a note, and every note a null. */
function expectNoted(told: Statistics): void {
  const missing = all(told).filter(([, value]) => value === null);
  expect(missing.map(([key]) => key).toSorted()).toEqual(Object.keys(told.notes).toSorted());
}

test.each([0, 1, 20, 3000])("a run of %i steps notes each figure that it lacks", (steps) => {
  const told = statsOf(randomRecord({ seed: steps, steps }));
  expectNoted(told);
  expect(BacktestStats.safeParse(told.stats).error).toBeUndefined();
  expect(MoreStats.safeParse(told.more).error).toBeUndefined();
});

test("a ruined account has all its figures or their reasons", () => {
  const record = randomRecord({ seed: 2, steps: 2000 });
  const equity = record.equity.map((value, step) => (step < 1500 ? value : 0));
  const told = statsOf({ ...record, equity, ended: "liquidated" });
  expectNoted(told);
  expect(told.stats).toMatchObject({ returnRatio: -1, cagr: -1, maxDrawdownRatio: 1 });
  for (const [key, value] of all(told)) {
    expect([key, value === null || Number.isFinite(value)]).toEqual([key, true]);
  }
});

test("a part sums up its own trades", () => {
  const { closed } = roundTrips(randomRecord({ seed: 4, steps: 3000 }));
  const longs = closed.filter(({ side }) => side === "buy");
  const shorts = closed.filter(({ side }) => side === "sell");
  const [whole, long, short] = [partOf(closed), partOf(longs), partOf(shorts)];
  expect(long.trades + short.trades).toBe(whole.trades);
  expect(long.pnl + short.pnl).toBeCloseTo(whole.pnl, 8);
  const wins = (long.winRate ?? 0) * long.trades + (short.winRate ?? 0) * short.trades;
  expect(wins).toBeCloseTo((whole.winRate ?? 0) * whole.trades, 8);
});
