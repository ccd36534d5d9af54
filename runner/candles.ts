/** The closed candles that a strategy looks back on. */
import {
  type Candle,
  EXCHANGE_CANDLES_MAX,
  type FeedKey,
  type FeedRequest,
  feedKey,
} from "#shared/candle.ts";
import { KumbhError } from "#shared/errors.ts";
import { didYouMean } from "#shared/near.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** Candles that a window keeps when the warm-up asks for fewer. */
export const WINDOW_CANDLES_DEFAULT = 500;
/** Most candles that a window keeps. */
export const WINDOW_CANDLES_MAX = EXCHANGE_CANDLES_MAX;

const COLUMNS = ["openTime", "open", "high", "low", "close", "volume", "trades"] as const;
type Column = (typeof COLUMNS)[number];

/**
 * The newest closed candles of one feed. Columns are views without a copy: what `closes(n)` returns
 * holds until the hook returns or awaits; `slice()` it to keep it longer.
 */
export interface CandleWindow {
  readonly coin: string;
  readonly timeframe: Timeframe;
  /** Number of candles that are there. */
  readonly length: number;
  /** The newest candle, or undefined before the first. */
  readonly latest: Candle | undefined;
  /** The newest `count` candles, oldest first; fewer when there are not so many. */
  last(count: number): Candle[];
  /** The closes of the newest `count` candles, oldest first; fewer when there are not so many. */
  closes(count: number): Float64Array;
  opens(count: number): Float64Array;
  highs(count: number): Float64Array;
  lows(count: number): Float64Array;
  volumes(count: number): Float64Array;
}

/**
 * A window over columns of twice its capacity: a new candle is written behind the last, and only when
 * the columns are full the newest are moved to the front. So the newest are always contiguous, and a
 * candle costs a constant time on average.
 */
export class ColumnWindow implements CandleWindow {
  readonly coin: string;
  readonly timeframe: Timeframe;
  readonly #capacity: number;
  readonly #columns: Readonly<Record<Column, Float64Array>>;
  /** Index behind the newest candle. */
  #end = 0;
  #length = 0;

  constructor(feed: { readonly coin: string; readonly timeframe: Timeframe }, capacity: number) {
    this.coin = feed.coin;
    this.timeframe = feed.timeframe;
    this.#capacity = capacity;
    const column = () => new Float64Array(2 * capacity);
    this.#columns = {
      openTime: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
      trades: column(),
    };
  }

  push(candle: Candle): void {
    if (this.#end === 2 * this.#capacity) this.#moveToFront();
    const { openTime, open, high, low, close, volume, trades } = this.#columns;
    openTime[this.#end] = candle.openTime;
    open[this.#end] = candle.open;
    high[this.#end] = candle.high;
    low[this.#end] = candle.low;
    close[this.#end] = candle.close;
    volume[this.#end] = candle.volume;
    trades[this.#end] = candle.trades;
    this.#end += 1;
    this.#length = Math.min(this.#length + 1, this.#capacity);
  }

  get length(): number {
    return this.#length;
  }

  get latest(): Candle | undefined {
    return this.#length === 0 ? undefined : this.#candleAt(this.#end - 1);
  }

  last(count: number): Candle[] {
    const start = this.#startOf(count);
    return Array.from({ length: this.#end - start }, (_, offset) => this.#candleAt(start + offset));
  }

  closes(count: number): Float64Array {
    return this.#view("close", count);
  }

  opens(count: number): Float64Array {
    return this.#view("open", count);
  }

  highs(count: number): Float64Array {
    return this.#view("high", count);
  }

  lows(count: number): Float64Array {
    return this.#view("low", count);
  }

  volumes(count: number): Float64Array {
    return this.#view("volume", count);
  }

  #view(name: Column, count: number): Float64Array {
    return this.#columns[name].subarray(this.#startOf(count), this.#end);
  }

  #startOf(count: number): number {
    return this.#end - lookBack(count, this.#length);
  }

  #candleAt(index: number): Candle {
    const cell = (name: Column) => this.#columns[name][index] ?? Number.NaN;
    const openTime = cell("openTime");
    return {
      coin: this.coin,
      timeframe: this.timeframe,
      openTime,
      closeTime: openTime + TIMEFRAME_MS[this.timeframe],
      open: cell("open"),
      high: cell("high"),
      low: cell("low"),
      close: cell("close"),
      volume: cell("volume"),
      trades: cell("trades"),
    };
  }

  #moveToFront(): void {
    const kept = this.#capacity - 1;
    for (const name of COLUMNS) {
      this.#columns[name].copyWithin(0, this.#end - kept, this.#end);
    }
    this.#end = kept;
    this.#length = Math.min(this.#length, kept);
  }
}

/** How many of `length` candles a look back over `count` sees. Throws `CandleCountError`. */
export function lookBack(count: number, length: number): number {
  if (!Number.isInteger(count) || count < 0) throw new CandleCountError(count);
  return Math.min(count, length);
}

/** A window with its other side: where candles come in, oldest first. */
export interface FilledWindow extends CandleWindow {
  push(candle: Candle): void;
}

/** The windows of all feeds that a strategy holds. */
export class Windows {
  readonly #windows = new Map<FeedKey, FilledWindow>();
  /** The one that was asked for last: most strategies ask for one again and again. */
  #asked: FilledWindow | undefined;

  /** Whether it was not held before. */
  take(
    feed: FeedRequest,
    make = (capacity: number): FilledWindow => new ColumnWindow(feed, capacity),
  ): boolean {
    const key = feedKey(feed);
    if (this.#windows.has(key)) return false;
    // One more than the warm-up: an indicator of n candles compares this candle with the one before.
    const wanted = Math.max(WINDOW_CANDLES_DEFAULT, feed.warmup + 1);
    this.#windows.set(key, make(Math.min(wanted, WINDOW_CANDLES_MAX)));
    return true;
  }

  /** Whether it was held. */
  drop(feed: { readonly coin: string; readonly timeframe: Timeframe }): boolean {
    this.#asked = undefined;
    return this.#windows.delete(feedKey(feed));
  }

  has(feed: { readonly coin: string; readonly timeframe: Timeframe }): boolean {
    return this.#windows.has(feedKey(feed));
  }

  get count(): number {
    return this.#windows.size;
  }

  /** The shortest timeframe that is held of a coin. */
  finest(coin: string): Timeframe | undefined {
    const held = [...this.#windows.values()].filter((window) => window.coin === coin);
    return held
      .map(({ timeframe }) => timeframe)
      .toSorted((a, b) => TIMEFRAME_MS[a] - TIMEFRAME_MS[b])[0];
  }

  /** A candle of a feed that is not held is nobody's: it was on its way when the feed was dropped. */
  push(candle: Candle): void {
    this.#windows.get(feedKey(candle))?.push(candle);
  }

  /** Throws `FeedNotTakenError`. */
  of(coin: string, timeframe: Timeframe): FilledWindow {
    if (this.#asked?.coin === coin && this.#asked.timeframe === timeframe) return this.#asked;
    const window = this.#windows.get(feedKey({ coin, timeframe }));
    if (window === undefined) {
      throw new FeedNotTakenError(coin, timeframe, [...this.#windows.keys()]);
    }
    this.#asked = window;
    return window;
  }
}

export class FeedNotTakenError extends KumbhError {
  constructor(coin: string, timeframe: string, taken: readonly FeedKey[]) {
    const near = didYouMean(`${coin} ${timeframe}`, taken);
    const held = taken.length === 0 ? "none" : taken.join(", ");
    super(
      "feed_not_taken",
      `no candles of ${coin} ${timeframe}: the strategy takes ${held}${near}`,
      "return the feed from `feeds()`, or take it with `this.subscribe`",
    );
  }
}

export class CandleCountError extends KumbhError {
  constructor(count: number) {
    super(
      "candle_count",
      `Cannot look back ${count} candles: the count must be a whole number, 0 or more`,
      "check the number that is given to the window",
    );
  }
}
