/** One coin's market up to now: its trades as they fall due, its candles, its book. */

import { type Print, printsOf } from "#runner/exchange/market/prints.ts";
import { merge, type Row } from "#runner/exchange/market/rows.ts";
import type { CoinSource } from "#runner/exchange/market/source.ts";
import { bookAround, frictionlessBook, type Quote } from "#runner/exchange/quote.ts";
import { assert } from "#shared/assert.ts";
import { type Coin, EXCHANGE_CANDLES_MAX } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Side } from "#shared/order.ts";
import { openTimeAt, TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** A new subscriber of `trades` is sent about this many (measured on the exchange). */
export const RECENT_TRADES_MAX = 30;

export class CoinMarket {
  readonly coin: Coin;
  readonly source: CoinSource;
  readonly #isFrictionless: boolean;
  /** Newest last. */
  readonly recent: Print[] = [];
  #nowMs: UnixMs;
  /** Base row that the next prints belong to; its prints, and how many of them have happened. */
  #index: number;
  #prints: readonly Print[] = [];
  #happened = 0;
  #side: Side = "buy";

  /** Begins at `startMs`: what lies before is history, its trades have happened. */
  constructor(coin: Coin, source: CoinSource, startMs: UnixMs, isFrictionless = false) {
    this.coin = coin;
    this.source = source;
    this.#isFrictionless = isFrictionless;
    this.#nowMs = startMs;
    this.#index = source.rows.indexAt(startMs);
    this.#load();
    while ((this.#prints[this.#happened]?.timeMs ?? Number.POSITIVE_INFINITY) < startMs) {
      this.#happened++;
    }
  }

  get nowMs(): UnixMs {
    return this.#nowMs;
  }

  /** Time of the next trade; undefined when the market has halted for good. */
  nextPrintMs(): UnixMs | undefined {
    while (this.#happened === this.#prints.length) {
      this.source.extendTo(this.#index + 1);
      if (this.#index + 1 >= this.source.rows.end) return undefined;
      this.#index++;
      this.#load();
    }
    return this.#prints[this.#happened]?.timeMs;
  }

  /** Makes the next trade happen. */
  takePrint(): Print {
    const print = this.#prints[this.#happened];
    assert(print !== undefined, "a print is due");
    this.#happened++;
    this.#nowMs = print.timeMs;
    this.#side = print.side;
    this.recent.push(print);
    if (this.recent.length > RECENT_TRADES_MAX) this.recent.shift();
    return print;
  }

  /** No trade is due before `toMs`. */
  passTo(toMs: UnixMs): void {
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  /** Price of the last trade, in USDC. */
  get price(): number {
    return this.#forming()?.close ?? this.#closeBefore(this.source.rows.indexAt(this.#nowMs));
  }

  quote(): Quote {
    return this.quoteAt(this.price);
  }

  /** The book as it stood when the market passed a price since its last trade. */
  quoteAt(price: number): Quote {
    if (this.#isFrictionless) return frictionlessBook(price);
    return bookAround({
      last: price,
      side: this.#side,
      sizeDecimals: this.source.rules.sizeDecimals,
      dayNotional: this.source.dayNotional,
    });
  }

  /** Whether candles of this timeframe can be made of the base candles. */
  serves(timeframe: Timeframe): boolean {
    return TIMEFRAME_MS[timeframe] % this.source.rows.lengthMs === 0;
  }

  /**
   * Candles that overlap [fromMs, toMs], ascending, the open one last; only of the newest 5000, which
   * the exchange keeps. A candle that the data covers only in part is not among them.
   */
  candles(timeframe: Timeframe, fromMs: UnixMs, toMs: UnixMs): readonly Row[] {
    if (!this.serves(timeframe)) return [];
    const length = TIMEFRAME_MS[timeframe];
    const current = openTimeAt(timeframe, this.#nowMs);
    const held = this.#heldFromMs();
    const oldest = Math.max(
      current - (EXCHANGE_CANDLES_MAX - 1) * length,
      Math.ceil(held / length) * length,
    );
    const candles: Row[] = [];
    const last = Math.min(current, toMs);
    let openMs = Math.max(oldest, openTimeAt(timeframe, fromMs));
    for (; openMs <= last; openMs += length) candles.push(this.candle(timeframe, openMs));
    return candles;
  }

  /** The candle that opened then, as far as it has come. It must be held and not lie in the future. */
  candle(timeframe: Timeframe, openMs: UnixMs): Row {
    const rows = this.source.rows;
    const now = rows.indexAt(this.#nowMs);
    const from = rows.indexAt(openMs);
    const to = rows.indexAt(openMs + TIMEFRAME_MS[timeframe]);
    const closed = this.#closed(from, Math.min(to, now));
    if (now >= to) return { ...(closed ?? this.#flat(from)), openTime: openMs };
    const forming = this.#forming();
    if (forming !== undefined) {
      const traded = closed !== undefined && closed.volume > 0 ? closed : undefined;
      return { ...merge(traded, forming), openTime: openMs };
    }
    return { ...(closed ?? this.#flat(now)), openTime: openMs };
  }

  /** Rows `from` to `to` (exclusive) as one; past the end of a recording they are flat. */
  #closed(from: number, to: number): Row | undefined {
    const rows = this.source.rows;
    this.source.extendTo(to);
    const end = Math.min(to, rows.end);
    return from < end ? rows.aggregate(from, end) : undefined;
  }

  #flat(index: number): Row {
    const price = this.#closeBefore(index);
    const openTime = this.source.rows.openTimeOf(index);
    return { openTime, open: price, high: price, low: price, close: price, volume: 0, trades: 0 };
  }

  /** What the base candle of now has traded so far, or undefined when that is nothing. */
  #forming(): Row | undefined {
    const rows = this.source.rows;
    const now = rows.indexAt(this.#nowMs);
    if (this.#index === now) return candleOf(this.#prints.slice(0, this.#happened));
    // Looking for the next trade has gone on to a later row: all of this one have happened.
    const isPrinted = this.#index > now && now >= rows.begin && rows.at(now).volume > 0;
    return isPrinted ? rows.at(now) : undefined;
  }

  #closeBefore(index: number): number {
    const rows = this.source.rows;
    this.source.extendTo(index);
    return rows.closeAt(Math.max(rows.begin, Math.min(index, rows.end) - 1));
  }

  #heldFromMs(): UnixMs {
    this.source.extendTo(this.source.rows.indexAt(this.#nowMs));
    return this.source.rows.openTimeOf(this.source.rows.begin);
  }

  #load(): void {
    const { rows, rules } = this.source;
    this.source.extendTo(this.#index);
    this.#happened = 0;
    const exists = this.#index >= rows.begin && this.#index < rows.end;
    const way = this.#isFrictionless ? "corners" : "nearest";
    this.#prints = exists
      ? printsOf(rows.at(this.#index), rows.lengthMs, rules.sizeDecimals, way)
      : [];
  }
}

function candleOf(prints: readonly Print[]): Row | undefined {
  const first = prints[0];
  const last = prints.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const prices = prints.map((print) => print.price);
  return {
    openTime: first.timeMs,
    open: first.price,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: last.price,
    volume: last.volumeSoFar,
    trades: prints.length,
  };
}
