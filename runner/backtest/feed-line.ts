/** The candles of one feed as the strategy gets them: its warm-up, then one after another as they close. */

import { candleAt } from "#runner/backtest/pinned-window.ts";
import { cell, countUntil } from "#runner/backtest/tape.ts";
import type { FilledWindow } from "#runner/candles.ts";
import {
  type Candle,
  type Feed,
  type FeedRequest,
  feedKey,
  type Gap,
  gapBetween,
} from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

export interface Span {
  /** Candles that close after this are decided on; those before are warm-up. */
  readonly fromMs: UnixMs;
  /** Candles that close after this do not belong to the run. */
  readonly toMs: UnixMs;
}

/** Which of the pinned candles are a feed's, by index. */
export interface FeedRows {
  readonly warmupFrom: number;
  /** The first that is decided on. */
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

export function rowsOf(
  { columns: { openTime }, timeframe }: SeriesColumns,
  { warmup }: Pick<FeedRequest, "warmup">,
  { fromMs, toMs }: Span,
): FeedRows {
  const lengthMs = TIMEFRAME_MS[timeframe];
  const first = countUntil(openTime, fromMs - lengthMs);
  return {
    warmupFrom: Math.max(0, first - warmup),
    first,
    end: countUntil(openTime, toMs - lengthMs),
  };
}

export class FeedLine {
  readonly series: SeriesColumns;
  readonly lengthMs: number;
  readonly #window: FilledWindow;
  readonly #rows: FeedRows;
  /** Index of the candle that comes next. */
  next: number;

  constructor(series: SeriesColumns, window: FilledWindow, rows: FeedRows) {
    this.series = series;
    this.#window = window;
    this.lengthMs = TIMEFRAME_MS[series.timeframe];
    this.#rows = rows;
    this.next = rows.first;
  }

  /** Of the candle that comes next; infinite at the end. */
  get nextCloseMs(): UnixMs {
    return this.next < this.#rows.end
      ? cell(this.series.columns.openTime, this.next) + this.lengthMs
      : Number.POSITIVE_INFINITY;
  }

  /** Whether candles are missing before it. */
  get hasGap(): boolean {
    if (this.next === 0 || this.next >= this.#rows.end) return false;
    const { openTime } = this.series.columns;
    return cell(openTime, this.next) !== cell(openTime, this.next - 1) + this.lengthMs;
  }

  /** The candle that closed last. */
  get latest(): Candle | undefined {
    return this.#window.latest;
  }

  /** Candles that are left. */
  get left(): number {
    return this.#rows.end - this.next;
  }

  /** The candles before the first that is decided on. */
  warmup(): Candle[] {
    const { warmupFrom, first } = this.#rows;
    return Array.from({ length: first - warmupFrom }, (_, offset) =>
      candleAt(this.series, this.lengthMs, warmupFrom + offset),
    );
  }

  /** What is missing between the last candle and the next. */
  gap(): Gap | undefined {
    if (!this.hasGap) return undefined;
    const { openTime } = this.series.columns;
    const closedUntilMs = cell(openTime, this.next - 1) + this.lengthMs;
    return gapBetween(
      this.series,
      closedUntilMs,
      this.nextCloseMs - this.lengthMs,
      "unrecoverable",
    );
  }

  /** The candle closes: it is in the window from here on. */
  close(): Candle {
    const candle = candleAt(this.series, this.lengthMs, this.next);
    this.#window.push(candle);
    this.next += 1;
    return candle;
  }
}

/** Of the lines that close at one moment, the longest timeframe comes first, then the coin. */
export function lineOrder(a: FeedLine, b: FeedLine): number {
  if (a.lengthMs !== b.lengthMs) return b.lengthMs - a.lengthMs;
  return a.series.coin < b.series.coin ? -1 : 1;
}

export const isOf = (line: FeedLine, feed: Pick<Feed, "coin" | "timeframe">): boolean =>
  line.series.coin === feed.coin && line.series.timeframe === feed.timeframe;

/** What is missing within candles of several feeds, feed by feed. */
export function gapsIn(candles: readonly Candle[]): Gap[] {
  return [...Map.groupBy(candles, feedKey).values()].flatMap((own) =>
    own.flatMap((candle, index) => {
      const before = own[index - 1];
      if (before === undefined) return [];
      return gapBetween(candle, before.closeTime, candle.openTime, "unrecoverable") ?? [];
    }),
  );
}
