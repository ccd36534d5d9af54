/** The report of a run: what is kept and drawn of it, and the whole of it as JSON. */
import { fullJson } from "#runner/backtest/full-json.ts";
import type { RunRecord } from "#runner/backtest/record.ts";
import { type RunCardFacts, runCardOf } from "#runner/backtest/run-card.ts";
import { curveOf } from "#runner/backtest/stats/curve.ts";
import { dailySeries, monthlyReturns } from "#runner/backtest/stats/daily.ts";
import { doubtsOf } from "#runner/backtest/stats/doubts.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { durationMsOf, partOf, type Run, statisticsOf } from "#runner/backtest/stats/stats.ts";
import type { SeriesCoverage } from "#shared/backtest.ts";
import { type BacktestReport, type BacktestTrade, REPORT_TRADES_MAX } from "#shared/backtest.ts";
import type { FeedRequest } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { StrategyMeta } from "#shared/inspection.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** What a report says beside the run itself. */
export interface ReportContext extends RunCardFacts {
  readonly meta: StrategyMeta;
  /** Of `feeds()`; the shortest timeframe is the length of a step. */
  readonly feeds: readonly FeedRequest[];
  readonly coverage: readonly SeriesCoverage[];
  /** Wall clock. */
  readonly ranAt: UnixMs;
}

export interface BuiltReport {
  /** Its id is null until it is stored. */
  readonly report: BacktestReport;
  /**
   * The text of `BacktestJson` in chunks, made as they are taken; it can be walked again. It says
   * nothing of the wall clock: the same run gives the same bytes.
   */
  readonly full: Iterable<string>;
}

/** Reasons of refusals that a report names; the rest are counted together. */
const REFUSALS_MAX = 20;

export function buildReport(record: RunRecord, context: ReportContext): BuiltReport {
  const startMs = startOf(record, context);
  const trips = roundTrips(record);
  const run: Run = { record, trips, daily: dailySeries(record), startMs };
  const { stats, more, notes } = statisticsOf(run);
  const data = dataCard(record, context);
  const shared = {
    runCard: runCardOf(context),
    strategy: context.meta,
    params: context.params,
    settings: context.settings,
    data,
    stats,
    more,
    open: trips.open,
  };
  const report: BacktestReport = {
    ...shared,
    id: null,
    ranAt: context.ranAt,
    tookMs: record.tookMs,
    feeds: [...context.feeds],
    notes: { ...notes },
    ...partsOf(trips.closed),
    months: monthlyReturns(run.daily, record.capital),
    curve: curveOf(record, startMs),
    trades: firstAndLast(trips.closed),
    doubts: doubtsOf(run, stats, { ...data, durationMs: durationMsOf(run) }),
    refusals: refusalsOf(record),
    ended: record.ended,
  };
  const head = { ...shared, trades: trips.closed };
  return { report, full: { [Symbol.iterator]: () => fullJson(head, record) } };
}

/**
 * The open of the first candle that was decided on. The run's own start may lie long before it, where
 * a market is younger than what was asked for.
 */
export function startOf(
  { timeMs }: RunRecord,
  { feeds, snapshot }: Pick<ReportContext, "feeds" | "snapshot">,
): UnixMs {
  const firstClose = timeMs[0];
  if (firstClose === undefined || feeds.length === 0) return snapshot.fromMs;
  return firstClose - Math.min(...feeds.map(({ timeframe }) => TIMEFRAME_MS[timeframe]));
}

function dataCard(
  record: RunRecord,
  { coverage, snapshot }: ReportContext,
): BacktestReport["data"] {
  const candles = coverage.reduce((sum, series) => sum + series.candles, 0);
  const expected = coverage.reduce((sum, series) => sum + expectedCandles(series), 0);
  const { held, unknown } = record.fundingHours;
  return {
    from: snapshot.fromMs,
    to: snapshot.toMs,
    candles: record.candles,
    coverage: expected === 0 ? 1 : candles / expected,
    gaps: coverage.reduce((sum, series) => sum + series.gaps, 0),
    series: [...coverage],
    fundingUnknownRatio: held === 0 ? 0 : unknown / held,
    inferred: snapshot.instruments
      .filter(({ inferred }) => inferred)
      .map(({ instrument }) => instrument.coin),
  };
}

const expectedCandles = ({ candles, coverage, from, to, timeframe }: SeriesCoverage): number =>
  coverage > 0 ? candles / coverage : (to - from) / TIMEFRAME_MS[timeframe];

type Parts = Pick<BacktestReport, "long" | "short" | "coins">;

function partsOf(trades: readonly BacktestTrade[]): Parts {
  const bySide = Map.groupBy(trades, ({ side }) => side);
  const byCoin = Map.groupBy(trades, ({ coin }) => coin);
  return {
    long: partOf(bySide.get("buy") ?? []),
    short: partOf(bySide.get("sell") ?? []),
    coins: [...byCoin]
      .map(([coin, ofCoin]) => ({ coin, ...partOf(ofCoin) }))
      .toSorted((a, b) => b.pnl - a.pnl),
  };
}

const firstAndLast = (trades: BacktestTrade[]): BacktestTrade[] =>
  trades.length <= 2 * REPORT_TRADES_MAX
    ? trades
    : [...trades.slice(0, REPORT_TRADES_MAX), ...trades.slice(-REPORT_TRADES_MAX)];

function refusalsOf({ refusals }: RunRecord): BacktestReport["refusals"] {
  const sorted = [...refusals]
    .map(([reason, count]) => ({ reason, count }))
    .toSorted((a, b) => b.count - a.count);
  const rest = sorted.slice(REFUSALS_MAX).reduce((sum, { count }) => sum + count, 0);
  const named = sorted.slice(0, REFUSALS_MAX);
  return rest === 0 ? named : [...named, { reason: "other reasons", count: rest }];
}
