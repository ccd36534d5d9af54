/** Which candles a backtest needs, and from when to when it can run. Pure. */
import type { SeriesName } from "#manager/archive/candle-store.ts";
import { DetailTooLongError } from "#manager/archive/errors.ts";
import type { SnapshotRequest } from "#manager/archive/snapshot-source.ts";
import type { Span } from "#manager/archive/span.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import { feedKey } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { openTimeAt, TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** A series of the snapshot. */
export interface Wanted extends SeriesName {
  /** Candles before the run. */
  readonly warmup: number;
  /** It shows what happens inside of others, and decides nothing. */
  readonly isDetail: boolean;
}

/**
 * The feeds, each once with its longest warm-up, then the details of their coins. Throws `DetailTooLongError`
 * for details that are shorter than no feed.
 */
export function wantedOf({ feeds, detail }: Pick<SnapshotRequest, "feeds" | "detail">): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const { coin, timeframe, warmup } of feeds) {
    const key = feedKey({ coin, timeframe });
    const longest = Math.max(warmup, wanted.get(key)?.warmup ?? 0);
    wanted.set(key, { coin, timeframe, warmup: longest, isDetail: false });
  }
  const [first] = feeds;
  const isOfUse = (each: SeriesName): boolean =>
    detail === null || TIMEFRAME_MS[detail] < TIMEFRAME_MS[each.timeframe];
  if (detail !== null && first !== undefined && !feeds.some(isOfUse)) {
    throw new DetailTooLongError(detail, first);
  }
  for (const { coin } of detail === null ? [] : feeds) {
    const series = { coin, timeframe: detail ?? "1m", warmup: 0, isDetail: true };
    if (!wanted.has(feedKey(series))) wanted.set(feedKey(series), series);
  }
  return [...wanted.values()];
}

/** What the run asks for; null: as the data goes. */
export interface AskedRange {
  readonly fromMs: UnixMs | null;
  readonly toMs: UnixMs | null;
}

/**
 * What to have of one series before the run's range is settled: what was asked for, or, at an open end,
 * what is there and what the exchange can add to it without a gap. Undefined: there is nothing to aim at.
 *
 * `there`: from the first to the last candle that is archived, or could be aggregated.
 */
export function aimOf(
  { timeframe, warmup }: Wanted,
  asked: AskedRange,
  there: Span | undefined,
  exchangeMs: UnixMs,
): Span | undefined {
  const window = exchangeWindow(timeframe, exchangeMs);
  const touches = there === undefined || there.toMs >= window.fromMs;
  const toMs = asked.toMs ?? (touches ? Math.max(window.toMs, there?.toMs ?? 0) : there.toMs);
  const oldestMs =
    there === undefined
      ? window.fromMs
      : touches
        ? Math.min(there.fromMs, window.fromMs)
        : there.fromMs;
  const fromMs = asked.fromMs === null ? oldestMs : firstOpenOf(timeframe, asked.fromMs, warmup);
  const aim = { fromMs, toMs: openTimeAt(timeframe, toMs) };
  return aim.fromMs < aim.toMs ? aim : undefined;
}

/** Open time of the first candle of a warm-up whose run begins at `fromMs`. */
function firstOpenOf(timeframe: Timeframe, fromMs: UnixMs, warmup: number): UnixMs {
  return Math.max(0, openTimeAt(timeframe, fromMs) - warmup * TIMEFRAME_MS[timeframe]);
}

/** The run's range: open ends as far as all feeds go. Undefined when a feed has nothing at all. */
export function settleRange(
  wanted: readonly Wanted[],
  asked: AskedRange,
  thereOf: (series: SeriesName) => Span | undefined,
): Span | undefined {
  const feeds = wanted.filter((series) => !series.isDetail);
  const spans = feeds.map((series) => ({ ...series, there: thereOf(series) }));
  const fromMs =
    asked.fromMs ??
    Math.max(
      ...spans.map(({ timeframe, warmup, there }) =>
        there === undefined ? Number.NaN : there.fromMs + warmup * TIMEFRAME_MS[timeframe],
      ),
    );
  const toMs =
    asked.toMs ??
    Math.min(...spans.map(({ there }) => (there === undefined ? Number.NaN : there.toMs)));
  return Number.isNaN(fromMs) || Number.isNaN(toMs) ? undefined : { fromMs, toMs };
}

/** The candles of one series that belong into the snapshot: all closed by the run's end. */
export function rangeOf(series: Wanted, wanted: readonly Wanted[], run: Span): Span {
  const { coin, timeframe, warmup, isDetail } = series;
  // A detail begins with the longest candle of its coin that the run begins in.
  const firstMs = Math.min(
    ...wanted
      .filter((feed) => isDetail && !feed.isDetail && feed.coin === coin)
      .map((feed) => openTimeAt(feed.timeframe, run.fromMs)),
    run.fromMs,
  );
  return {
    fromMs: firstOpenOf(timeframe, firstMs, warmup),
    toMs: openTimeAt(timeframe, run.toMs),
  };
}
