/** The finest candles of one coin, and how far the run has come in them. Nothing beyond that is told. */
import { type Band, EVERY_PRICE, strictestRate } from "#runner/backtest/bands.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** A number of a column that is known to be there. */
export const cell = (column: Float64Array, index: number): number => column[index] ?? Number.NaN;

export class Tape {
  readonly perp: Perp;
  readonly series: SeriesColumns;
  /** Length of a candle, in ms. */
  readonly lengthMs: number;
  /** Candles that belong to the run. */
  readonly count: number;
  /** The candle that has not been passed yet, and its times; at the end both are infinite. */
  next = 0;
  nextOpenMs: UnixMs;
  nextCloseMs: UnixMs;
  /** Close of the candle before it; NaN before the first. */
  last = Number.NaN;
  /** Prices at which nothing can happen to the account. */
  band: Band = EVERY_PRICE;
  /** Whether orders of this coin wait. */
  hasOrders = false;
  /** Maintenance margin over notional, at most. */
  readonly rate: number;
  /** Signed size held, in coin, and its average price. */
  size = 0;
  entryPrice = 0;

  /** Candles that close after `toMs` do not belong to the run. */
  constructor(series: SeriesColumns, perp: Perp, toMs: UnixMs) {
    this.series = series;
    this.perp = perp;
    this.rate = strictestRate(perp);
    this.lengthMs = TIMEFRAME_MS[series.timeframe];
    this.count = countUntil(series.columns.openTime, toMs - this.lengthMs);
    this.nextOpenMs = this.#openAt(0);
    this.nextCloseMs = this.nextOpenMs + this.lengthMs;
  }

  /** Begins at a moment: what has closed by then is known. */
  skipTo(fromMs: UnixMs): void {
    const { openTime, close } = this.series.columns;
    this.next = Math.min(this.count, countUntil(openTime, fromMs - this.lengthMs));
    if (this.next > 0) this.last = cell(close, this.next - 1);
    this.nextOpenMs = this.#openAt(this.next);
    this.nextCloseMs = this.nextOpenMs + this.lengthMs;
  }

  /** The next candle lies in the past from here on. */
  pass(): void {
    this.last = cell(this.series.columns.close, this.next);
    this.next += 1;
    this.nextOpenMs = this.#openAt(this.next);
    this.nextCloseMs = this.nextOpenMs + this.lengthMs;
  }

  /** The same, beside a line of the same candles that has just closed one. */
  passWith({ next, nextCloseMs }: { readonly next: number; readonly nextCloseMs: UnixMs }): void {
    this.last = cell(this.series.columns.close, this.next);
    this.next = next;
    this.nextOpenMs = nextCloseMs - this.lengthMs;
    this.nextCloseMs = nextCloseMs;
  }

  /**
   * What an order meets that arrives now: the open of the candle that begins now, with a spread of
   * `slippage` to each side and any depth. Where no candle begins, in a gap or at the end, nobody trades.
   */
  quote(nowMs: UnixMs, slippage: number): Quote {
    if (this.nextOpenMs !== nowMs) return { bids: [], asks: [], mark: this.last };
    return bookOf(cell(this.series.columns.open, this.next), slippage);
  }

  #openAt(index: number): UnixMs {
    return index < this.count
      ? cell(this.series.columns.openTime, index)
      : Number.POSITIVE_INFINITY;
  }
}

/** A book of one level on each side, `slippage` away from the price, as deep as any order. */
export const bookOf = (price: number, slippage: number): Quote => new OneLevel(price, slippage);

/** Its sides are made when they are looked at: an order looks at one. */
class OneLevel implements Quote {
  readonly mark: number;
  readonly #slippage: number;

  constructor(mark: number, slippage: number) {
    this.mark = mark;
    this.#slippage = slippage;
  }

  get bids(): Quote["bids"] {
    return [{ price: this.mark * (1 - this.#slippage), size: Number.POSITIVE_INFINITY }];
  }

  get asks(): Quote["asks"] {
    return [{ price: this.mark * (1 + this.#slippage), size: Number.POSITIVE_INFINITY }];
  }
}

/** How many of the ascending times are no later than `lastMs`. */
export function countUntil(times: Float64Array, lastMs: UnixMs): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cell(times, middle) <= lastMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
