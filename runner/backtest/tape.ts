/** The finest candles of one coin, and how far the run has come in them. Nothing beyond that is told. */
import { type Band, EVERY_PRICE, strictestRate } from "#runner/backtest/bands.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type Side, sign } from "#shared/order.ts";
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
  /** The candle that has not been passed yet. */
  next = 0;
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
  }

  /** Of the candle that comes next; at the end it is infinite. */
  get nextOpenMs(): UnixMs {
    return this.next < this.count
      ? cell(this.series.columns.openTime, this.next)
      : Number.POSITIVE_INFINITY;
  }

  get nextCloseMs(): UnixMs {
    return this.nextOpenMs + this.lengthMs;
  }

  /** Close of the candle before it; NaN before the first. */
  get last(): number {
    return this.next > 0 ? cell(this.series.columns.close, this.next - 1) : Number.NaN;
  }

  /** Begins at a moment: what has closed by then is known. */
  skipTo(fromMs: UnixMs): void {
    const { openTime } = this.series.columns;
    this.next = Math.min(this.count, countUntil(openTime, fromMs - this.lengthMs));
  }

  /** The next candle lies in the past from here on. */
  pass(): void {
    this.next += 1;
  }

  /**
   * What an order meets that arrives now: the open of the candle that begins now, with a spread of
   * `slippage` to each side and any depth. Where no candle begins, in a gap or at the end, nobody trades.
   */
  quote(nowMs: UnixMs, slippage: number): Quote {
    if (this.nextOpenMs !== nowMs) return { bids: [], asks: [], mark: this.last };
    return bookOf(cell(this.series.columns.open, this.next), slippage);
  }
}

/** The best price for who takes with an order of that side, `slippage` away from the price. */
export const touchOf = (price: number, side: Side, slippage: number): number =>
  price * (1 + sign(side) * slippage);

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
    return [{ price: touchOf(this.mark, "sell", this.#slippage), size: Number.POSITIVE_INFINITY }];
  }

  get asks(): Quote["asks"] {
    return [{ price: touchOf(this.mark, "buy", this.#slippage), size: Number.POSITIVE_INFINITY }];
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
