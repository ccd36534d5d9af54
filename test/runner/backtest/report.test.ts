import { describe, expect, test } from "bun:test";
import { buildReport } from "#runner/backtest/report.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import {
  BacktestJson,
  BacktestReport,
  CURVE_POINTS_MAX,
  REPORT_TRADES_MAX,
} from "#shared/backtest.ts";
import { Fill } from "#shared/order.ts";
import { contextOf } from "#test/support/backtest-report.ts";
import { HOUR_MS, randomRecord, START_MS } from "#test/support/backtest-run.ts";

const RECORD = randomRecord({ seed: 11, steps: 6000, coins: ["BTC", "ETH"], tradeRatio: 0.2 });
const CONTEXT = contextOf(RECORD);
const { report, full } = buildReport(RECORD, CONTEXT);
const whole = (chunks: Iterable<string>): unknown => JSON.parse([...chunks].join(""));

describe("a report", () => {
  test("passes its border, and comes back from JSON as it was", () => {
    expect(BacktestReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  test("holds the first and the last trades, and few enough points", () => {
    const { closed } = roundTrips(RECORD);
    expect(closed.length).toBeGreaterThan(2 * REPORT_TRADES_MAX);
    expect(report.trades.slice(0, REPORT_TRADES_MAX)).toEqual(closed.slice(0, REPORT_TRADES_MAX));
    expect(report.trades.slice(REPORT_TRADES_MAX)).toEqual(closed.slice(-REPORT_TRADES_MAX));
    expect(report.curve.length).toBeLessThanOrEqual(CURVE_POINTS_MAX);
  });

  test("begins at the open of its first candle, not where the range does", () => {
    const early = contextOf(RECORD, {
      snapshot: { ...CONTEXT.snapshot, fromMs: START_MS - 1000 * HOUR_MS },
    });
    const later = buildReport(RECORD, early).report;
    expect(later.curve[0]?.timeMs).toBe(START_MS);
    expect(later.data.from).toBe(START_MS - 1000 * HOUR_MS);
    expect(later.stats).toEqual(report.stats);
  });

  test("apart by side and by coin sums up to the whole", () => {
    const { long, short, coins, stats } = report;
    expect(long.trades + short.trades).toBe(stats.trades);
    expect(coins.map(({ coin }) => coin).toSorted()).toEqual(["BTC", "ETH"]);
    expect(coins.reduce((sum, { trades }) => sum + trades, 0)).toBe(stats.trades);
  });

  test("says how much of the data was there", () => {
    const [series] = CONTEXT.coverage;
    if (series === undefined) throw new Error("no series");
    const coverage = [
      { ...series, candles: 900, coverage: 0.9, gaps: 2 },
      { ...series, coin: "ETH", candles: 1000, coverage: 1, gaps: 0 },
      { ...series, coin: "SOL", candles: 0, coverage: 0, gaps: 1, from: 0, to: 100 * HOUR_MS },
    ];
    const { data, doubts } = buildReport(
      { ...RECORD, fundingHours: { held: 200, unknown: 5 } },
      contextOf(RECORD, { coverage }),
    ).report;
    // 1900 of 1000 + 1000 + 100.
    expect(data.coverage).toBeCloseTo(1900 / 2100, 12);
    expect(data).toMatchObject({ gaps: 3, fundingUnknownRatio: 0.025 });
    expect(doubts.warnings).toContain("9.5% of the candles are missing");
    expect(doubts.warnings).toContain("funding is unknown for 2.5% of the hours with a position");
  });

  test("names the commonest refusals and counts the rest together", () => {
    const refusals = new Map(
      Array.from({ length: 30 }, (_, index) => [`reason ${index}`, index + 1] as const),
    );
    const told = buildReport({ ...RECORD, refusals }, CONTEXT).report.refusals;
    expect(told).toHaveLength(21);
    expect(told[0]).toEqual({ reason: "reason 29", count: 30 });
    // 1 + … + 10.
    expect(told.at(-1)).toEqual({ reason: "other reasons", count: 55 });
  });

  test("of a run that saw no candle stands too", () => {
    const empty = randomRecord({ seed: 1, steps: 0 });
    const built = buildReport(empty, contextOf(empty, { feeds: [] }));
    expect(BacktestReport.safeParse(built.report).error).toBeUndefined();
    expect(BacktestJson.safeParse(whole(built.full)).error).toBeUndefined();
    expect(built.report.stats).toMatchObject({ finalEquity: 10_000, returnRatio: 0, trades: 0 });
  });
});

describe("the whole run as JSON", () => {
  const json = BacktestJson.parse(whole(full));

  test("holds every step, every trade and every fill", () => {
    expect(json.equity).toEqual(
      Array.from(RECORD.timeMs, (timeMs, step) => [timeMs, RECORD.equity[step] ?? Number.NaN]),
    );
    expect(json.trades).toEqual(roundTrips(RECORD).closed);
    expect(json.open).toEqual(report.open);
    expect(json.fills).toEqual(RECORD.fills.map((fill) => Fill.parse(fill)));
    expect(json.stats).toEqual(report.stats);
  });

  test("has the keys that are promised, in their order", () => {
    expect(Object.keys(json)).toEqual(Object.keys(BacktestJson.shape));
  });

  test("is the same text for the same run, whenever and however fast it ran", () => {
    const again = buildReport({ ...RECORD, tookMs: 99 }, { ...CONTEXT, ranAt: 1 });
    expect([...again.full].join("")).toBe([...full].join(""));
  });

  test("comes in chunks", () => {
    const chunks = [...full];
    expect(chunks.length).toBeGreaterThan(5);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(2_000_000);
  });
});
