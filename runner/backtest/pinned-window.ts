/**
 * The candles that a strategy looks back on in a backtest. They are pinned in columns already, so the
 * window only counts how many of them have closed. What is asked for is copied first, a column at a
 * time and each candle once: a view of the pinned columns would show the future to whoever looks at its
 * buffer, and would change the market for whoever sorts it.
 */
import { type FilledWindow, lookBack } from "#runner/candles.ts";
import type { Candle } from "#shared/candle.ts";
import { valueAt } from "#shared/columns.ts";
import type { SeriesColumn, SeriesColumns } from "#shared/snapshot.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** What a window gives as columns. */
type Looked = Exclude<SeriesColumn, "openTime" | "trades">;

export class PinnedWindow implements FilledWindow {
  readonly coin: string;
  readonly timeframe: Timeframe;
  readonly #series: SeriesColumns;
  readonly #capacity: number;
  readonly #copies: Readonly<Record<Looked, ColumnCopy>>;
  /** Index of the oldest candle that was ever in it, and the one behind the newest. */
  readonly #from: number;
  #end: number;

  /** `from`: index of the first candle that will close into it. */
  constructor(series: SeriesColumns, capacity: number, from: number) {
    this.coin = series.coin;
    this.timeframe = series.timeframe;
    this.#series = series;
    this.#capacity = capacity;
    this.#from = from;
    this.#end = from;
    const copyOf = (name: Looked) => new ColumnCopy(series.columns[name], capacity);
    this.#copies = {
      open: copyOf("open"),
      high: copyOf("high"),
      low: copyOf("low"),
      close: copyOf("close"),
      volume: copyOf("volume"),
    };
  }

  /** The next pinned candle has closed. */
  push(): void {
    this.#end += 1;
  }

  get length(): number {
    return Math.min(this.#end - this.#from, this.#capacity);
  }

  get latest(): Candle | undefined {
    return this.#end === this.#from ? undefined : this.#candleAt(this.#end - 1);
  }

  last(count: number): Candle[] {
    const start = this.#end - lookBack(count, this.length);
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

  #candleAt(index: number): Candle {
    return candleAt(this.#series, TIMEFRAME_MS[this.timeframe], index);
  }

  #view(name: Looked, count: number): Float64Array {
    return this.#copies[name].view(this.#end - lookBack(count, this.length), this.#end);
  }
}

/** The newest values of a column, of which no more is copied than has been asked for. */
class ColumnCopy {
  readonly #pinned: Float64Array;
  readonly #capacity: number;
  /** Made when it is first looked at. */
  #cells = new Float64Array(0);
  /** Which of the pinned values it holds: from here up to, not including, there. */
  #from = 0;
  #to = 0;

  constructor(pinned: Float64Array, capacity: number) {
    this.#pinned = pinned;
    this.#capacity = capacity;
  }

  /** `end` never falls, and `start` is no more than the capacity before it. */
  view(start: number, end: number): Float64Array {
    if (end > this.#to) this.#copyUntil(end);
    return this.#cells.subarray(start - this.#from, end - this.#from);
  }

  #copyUntil(end: number): void {
    // Twice what is ever looked at, so that the newest are moved to the front once in a while only.
    if (this.#cells.length === 0) this.#cells = new Float64Array(2 * this.#capacity);
    if (end - this.#from > this.#cells.length) {
      const from = end - this.#capacity;
      // What its author did to a value stays until it is moved out, as in a window of the live engine.
      if (from < this.#to) this.#cells.copyWithin(0, from - this.#from, this.#to - this.#from);
      else this.#to = from;
      this.#from = from;
    }
    for (let index = this.#to; index < end; index++) {
      this.#cells[index - this.#from] = valueAt(this.#pinned, index);
    }
    this.#to = end;
  }
}

/** The candle of a pinned row; `lengthMs` of its timeframe. */
export function candleAt(series: SeriesColumns, lengthMs: number, index: number): Candle {
  const { coin, timeframe, columns } = series;
  // Without a call for each value: a backtest makes one of these a candle.
  const { open, high, low, close, volume, trades } = columns;
  const openTime = columns.openTime[index] ?? Number.NaN;
  return {
    coin,
    timeframe,
    openTime,
    closeTime: openTime + lengthMs,
    open: open[index] ?? Number.NaN,
    high: high[index] ?? Number.NaN,
    low: low[index] ?? Number.NaN,
    close: close[index] ?? Number.NaN,
    volume: volume[index] ?? Number.NaN,
    trades: trades[index] ?? Number.NaN,
  };
}
