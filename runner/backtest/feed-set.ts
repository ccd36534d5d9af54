/** All feeds that the strategy of a run holds: what closes next, and their windows. */
import { FeedNotPinnedError } from "#runner/backtest/errors.ts";
import { FeedLine, isOf, lineOrder, rowsOf, type Span } from "#runner/backtest/feed-line.ts";
import { PinnedWindow } from "#runner/backtest/pinned-window.ts";
import { Windows } from "#runner/candles.ts";
import { type Candle, deliveryOrder, type FeedRequest, feedKey, type Gap } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";

const NONE: readonly Gap[] = [];

export class FeedSet {
  readonly windows = new Windows();
  readonly #series: readonly SeriesColumns[];
  readonly #toMs: UnixMs;
  /** In the order in which they are delivered. */
  #lines: FeedLine[] = [];

  constructor(series: readonly SeriesColumns[], toMs: UnixMs) {
    this.#series = series;
    this.#toMs = toMs;
  }

  /** The one feed that is held, if it is one. */
  only: FeedLine | undefined;

  /** Candles that are still to be delivered. */
  get left(): number {
    return this.#lines.reduce((sum, { left }) => sum + left, 0);
  }

  /** Infinite when there is nothing more. */
  get nextCloseMs(): UnixMs {
    let next = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#lines.length; index++) {
      const closeMs = this.#lines[index]?.nextCloseMs ?? Number.POSITIVE_INFINITY;
      if (closeMs < next) next = closeMs;
    }
    return next;
  }

  /**
   * Takes feeds whose live candles close after `fromMs`. Returns their warm-up in delivery order; the
   * caller pushes it. Throws `FeedNotPinnedError`.
   */
  take(feeds: readonly FeedRequest[], fromMs: UnixMs): Candle[] {
    const candles = feeds.map((feed) => this.#take(feed, { fromMs, toMs: this.#toMs }));
    this.#hold(this.#lines.toSorted(lineOrder));
    return candles.flat().toSorted(deliveryOrder);
  }

  drop(feed: FeedRequest): void {
    this.windows.drop(feed);
    this.#hold(this.#lines.filter((line) => !isOf(line, feed)));
  }

  #hold(lines: FeedLine[]): void {
    this.#lines = lines;
    this.only = lines.length === 1 ? lines[0] : undefined;
  }

  /** What is missing before the candles that close now. */
  gaps(closeMs: UnixMs): readonly Gap[] {
    let gaps = NONE;
    for (let index = 0; index < this.#lines.length; index++) {
      const line = this.#lines[index];
      if (line === undefined || !line.hasGap || line.nextCloseMs !== closeMs) continue;
      const gap = line.gap();
      if (gap !== undefined) gaps = [...gaps, gap];
    }
    return gaps;
  }

  /** Closes the candles of this moment: in their windows from here on, in delivery order. */
  close(closeMs: UnixMs): Candle[] {
    const closed: Candle[] = [];
    for (const line of this.#lines) if (line.nextCloseMs === closeMs) closed.push(line.close());
    return closed;
  }

  #take(feed: FeedRequest, span: Span): Candle[] {
    const series = this.#series.find(
      ({ coin, timeframe }) => coin === feed.coin && timeframe === feed.timeframe,
    );
    if (series === undefined) {
      throw new FeedNotPinnedError(feedKey(feed), this.#series.map(feedKey));
    }
    const rows = rowsOf(series, feed, span);
    this.windows.take(feed, (capacity) => new PinnedWindow(series, capacity, rows.warmupFrom));
    const line = new FeedLine(series, this.windows.of(feed.coin, feed.timeframe), rows);
    this.#lines.push(line);
    return line.warmup();
  }
}
