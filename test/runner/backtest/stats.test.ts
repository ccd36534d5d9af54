/**
 * Forty days and ten trades, every figure of which is reckoned on paper: capital 1000, one trade in each four
 * days, entered at the open of the second and left at that of the fourth.
 *
 *     days   | size | trade          | close of each day | account at each close   | profit
 *      1 - 4 |  0.5 | long  100, 120 | 100 110 120 120   | 1000 1005 1010 1010     | +10
 *      5 - 8 |  0.5 | short 120, 140 | 120 130 140 140   | 1010 1005 1000 1000     | -10
 *      9 -12 |  0.5 | long  140, 120 | 140 130 120 120   | 1000  995  990  990     | -10
 *     13 -16 |  0.5 | short 120, 100 | 120 110 100 100   |  990  995 1000 1000     | +10
 *     17 -32 |    1 | the same four, twice the size      | 1000 1010 1020 1020, 1020 1010 1000 1000,
 *                                                           1000 990 980 980, 980 990 1000 1000 | +20 -20 -20 +20
 *     33 -36 |    1 | long  100, 120 | 100 110 120 120   | 1000 1010 1020 1020     | +20
 *     37 -40 |    1 | short 120, 100 | 120 110 100 100   | 1020 1030 1040 1040     | +20
 */
import { expect, test } from "bun:test";
import { DAY_MS, dailySeries, monthlyReturns } from "#runner/backtest/stats/daily.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { partOf, statisticsOf } from "#runner/backtest/stats/stats.ts";
import { fillOf, recordOf } from "#test/support/backtest-run.ts";

/** Twenty-one of the days lie in January. */
const START_MS = Date.UTC(2026, 0, 11);
const CAPITAL = 1000;

interface Block {
  readonly side: "buy" | "sell";
  readonly size: number;
  readonly closes: readonly [number, number, number, number];
}

const cycle = (size: number): Block[] => [
  { side: "buy", size, closes: [100, 110, 120, 120] },
  { side: "sell", size, closes: [120, 130, 140, 140] },
  { side: "buy", size, closes: [140, 130, 120, 120] },
  { side: "sell", size, closes: [120, 110, 100, 100] },
];
const BLOCKS: readonly Block[] = [
  ...cycle(0.5),
  ...cycle(1),
  { side: "buy", size: 1, closes: [100, 110, 120, 120] },
  { side: "sell", size: 1, closes: [120, 110, 100, 100] },
];

const record = recordOf({
  capital: CAPITAL,
  startMs: START_MS,
  stepMs: DAY_MS,
  closes: { BTC: BLOCKS.flatMap(({ closes }) => closes) },
  fills: BLOCKS.flatMap(({ side, size, closes: [entry, , exit] }, block) => {
    const dayMs = (day: number) => ({ timeMs: START_MS + (block * 4 + day) * DAY_MS, fee: 0 });
    const other = side === "buy" ? "sell" : "buy";
    return [fillOf(side, size, entry, dayMs(1)), fillOf(other, size, exit, dayMs(3))];
  }),
  fundings: [],
});
const trips = roundTrips(record);
const daily = dailySeries(record);
const { stats, more } = statisticsOf({ record, trips, daily, startMs: START_MS });

/** Of returns: their sum, and that of their squares. */
function sumsOf(...groups: readonly (readonly number[])[]) {
  const returns = groups.flat();
  return {
    sum: returns.reduce((total, each) => total + each, 0),
    squares: returns.reduce((total, each) => total + each ** 2, 0),
  };
}

/** Of twelve days, eight days; twenty are flat. */
const UP = sumsOf(
  [5 / 1000, 5 / 1005, 5 / 990, 5 / 995],
  [10 / 1000, 10 / 1010, 10 / 980, 10 / 990],
  [10 / 1000, 10 / 1010, 10 / 1020, 10 / 1030],
);
const DOWN = sumsOf(
  [5 / 1010, 5 / 1005, 5 / 1000, 5 / 995],
  [10 / 1020, 10 / 1010, 10 / 1000, 10 / 990],
);
const MEAN = (UP.sum - DOWN.sum) / 40;
const DEVIATION = Math.sqrt((UP.squares + DOWN.squares - 40 * MEAN ** 2) / 39);
/** 1.04 to the power of 365 / 40 = 9.125, less 1; the natural logarithm of 1.04 is 0.039220713153. */
const CAGR = Math.exp(9.125 * 0.039_220_713_153) - 1;
/** From 1020 at the close of day 21 to 980. */
const DEEPEST = 40 / 1020;

const BY_HAND: Readonly<Record<keyof typeof stats, number>> = {
  finalEquity: 1040,
  peakEquity: 1040,
  returnRatio: 0.04,
  // From 100 to 100.
  buyHoldRatio: 0,
  cagr: CAGR,
  volatility: DEVIATION * Math.sqrt(365),
  sharpe: (MEAN / DEVIATION) * Math.sqrt(365),
  sortino: (MEAN / Math.sqrt(DOWN.squares / 40)) * Math.sqrt(365),
  calmar: CAGR / DEEPEST,
  maxDrawdownRatio: DEEPEST,
  // The other: from 1010 at the close of day 5 to 990.
  avgDrawdownRatio: (20 / 1010 + 40 / 1020) / 2,
  // Day 21 to day 35, when 1020 is reached again; the other lasts from day 5 to day 18.
  maxDrawdownMs: 14 * DAY_MS,
  omega: UP.sum / DOWN.sum,
  // Squares of 5, 3 · 10, 15, 3 · 20, 15, 3 · 10 below 1010; of 10, 3 · 20, 30, 3 · 40, 30, 3 · 20, 10 below 1020.
  ulcer: Math.sqrt((2275 / 1010 ** 2 + 9200 / 1020 ** 2) / 39),
  // 0.05 · 39 = 1.95: between the second and the third of the worst days, nearly the third.
  var95: -(0.05 * (10 / 1000) + 0.95 * (10 / 1010)),
  // The two worst.
  cvar95: -(10 / 990 + 10 / 1000) / 2,
  trades: 10,
  winRate: 6 / 10,
  // Won 10 + 10 + 4 · 20, lost 10 + 10 + 20 + 20.
  profitFactor: 100 / 60,
  expectancy: 40 / 10,
  // From the mean of 4: twice 6² and 14², four times 16², twice 24², all in all 2640.
  sqn: (Math.sqrt(10) * 4) / Math.sqrt(2640 / 9),
  // 0.6 - 0.4 / payoff; payoff is (100 / 6) / (60 / 4) = 10 / 9.
  kelly: 0.24,
  bestTradeRatio: 20 / 100,
  worstTradeRatio: -20 / 120,
  // 20 / 100, -20 / 120, -20 / 140 and 20 / 120 twice, then 20 / 100 and 20 / 120.
  avgTradeRatio: (2 * (0.2 - 1 / 7) + 0.2 + 1 / 6) / 10,
  // The second, third and fourth day of each four: left at the open of the fourth.
  exposureRatio: 0.75,
  fees: 0,
  funding: 0,
  // 0.5 · 960, 960 and 440 of 1000; 960 is 100 + 120 + 120 + 140 + 140 + 120 + 120 + 100.
  turnover: 1.88,
  maxConsecutiveLosses: 2,
  ambiguousCandles: 0,
};

test("the account is that of the table", () => {
  const first = [1000, 1005, 1010, 1010, 1010, 1005, 1000, 1000, 1000, 995, 990, 990];
  expect([...record.equity.subarray(0, 12)]).toEqual(first);
  expect([...record.equity.subarray(32)]).toEqual([1000, 1010, 1020, 1020, 1020, 1030, 1040, 1040]);
});

test.each(Object.entries(BY_HAND))("%s is %d", (key, expected) => {
  const found = new Map<string, number | null>(Object.entries(stats)).get(key);
  expect(found ?? Number.NaN).toBeCloseTo(expected, 7);
});

test("drawdowns, days and holding times are as counted", () => {
  expect(more).toMatchObject({
    durationMs: 40 * DAY_MS,
    avgDrawdownMs: 13.5 * DAY_MS,
    // Days 6 to 17 and 22 to 34.
    underwaterRatio: 25 / 40,
    daysUp: 12,
    daysFlat: 20,
    daysDown: 8,
    wins: 6,
    losses: 4,
    // Trades 8, 9 and 10.
    maxConsecutiveWins: 3,
    avgHoldingMs: 2 * DAY_MS,
    tradesPerDay: 0.25,
  });
  expect(more.turnoverPerDay).toBeCloseTo(1.88 / 40, 12);
});

test("the months are over what the account was worth when they began", () => {
  const months = monthlyReturns(daily, CAPITAL);
  expect(months.map(({ month, returnRatio }) => `${month} ${returnRatio.toFixed(9)}`)).toEqual([
    // Day 21 closes at 1020.
    `2026-01 ${(0.02).toFixed(9)}`,
    `2026-02 ${(1040 / 1020 - 1).toFixed(9)}`,
  ]);
});

const sideOf = (side: "buy" | "sell") => partOf(trips.closed.filter((trip) => trip.side === side));

test("longs and shorts are told apart", () => {
  // 10 - 10 + 20 - 20 + 20, and -10 + 10 - 20 + 20 + 20.
  expect([sideOf("buy"), sideOf("sell")]).toMatchObject([
    { trades: 5, pnl: 20, winRate: null },
    { trades: 5, pnl: 20, winRate: null },
  ]);
});
