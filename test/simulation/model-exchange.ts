/** A model of the exchange for simulations: trades, the candles they make, and what REST would say of them. */
import { type Candle, type FeedKey, feedKey } from "#shared/candle.ts";
import type { Random } from "#shared/random.ts";
import { openTimeAt, TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

export interface ModelFeed {
  readonly coin: string;
  readonly timeframe: Timeframe;
}

interface Trade {
  readonly atMs: number;
  readonly price: number;
}

const MINUTE_MS = 60_000;
/** Mean time between trades of a busy minute. */
const TRADE_EVERY_MS = 12_000;
const QUIET_MINUTE_SHARE = 0.15;
/** Longest time after its end at which the exchange publishes a candle without trades. */
const FLAT_DELAY_MS_MAX = 20_000;
const FLAT_NEVER_SHARE = 0.1;

export class ModelExchange {
  readonly #trades = new Map<string, Trade[]>();
  /** When a candle without trades appears, by feed and open time; Infinity: never. */
  readonly #flatAtMs = new Map<string, number>();
  readonly #random: Random;

  constructor(coins: readonly string[], fromMs: number, untilMs: number, random: Random) {
    this.#random = random;
    for (const coin of coins) this.#trades.set(coin, this.#makeTrades(fromMs, untilMs));
  }

  /** Moments of a coin's trades, ascending. */
  tradeTimes(coin: string): number[] {
    return this.#of(coin).map((trade) => trade.atMs);
  }

  /** A candle as it stands at a moment; undefined when it has no trade yet. */
  stateAt(feed: ModelFeed, openTime: number, atMs: number): Candle | undefined {
    const closeTime = openTime + TIMEFRAME_MS[feed.timeframe];
    const trades = this.#of(feed.coin).filter(
      (trade) => trade.atMs >= openTime && trade.atMs < closeTime && trade.atMs <= atMs,
    );
    const first = trades[0];
    const last = trades.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const prices = trades.map((trade) => trade.price);
    return {
      coin: feed.coin,
      timeframe: feed.timeframe,
      openTime,
      closeTime,
      open: first.price,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: last.price,
      volume: trades.length,
      trades: trades.length,
    };
  }

  /** The candle as it is in the end; undefined when the exchange never shows it. */
  truth(feed: ModelFeed, openTime: number): Candle | undefined {
    const state = this.stateAt(feed, openTime, Number.POSITIVE_INFINITY);
    if (state !== undefined) return state;
    return Number.isFinite(this.#publishedAtMs(feed, openTime))
      ? this.#flat(feed, openTime)
      : undefined;
  }

  /** What `candleSnapshot` answers at a moment. */
  rows(feed: ModelFeed, fromMs: number, atMs: number): Candle[] {
    const lengthMs = TIMEFRAME_MS[feed.timeframe];
    const rows: Candle[] = [];
    for (let open = openTimeAt(feed.timeframe, fromMs); open <= atMs; open += lengthMs) {
      const state = this.stateAt(feed, open, atMs);
      if (state !== undefined) rows.push(state);
      else if (this.#publishedAtMs(feed, open) <= atMs) rows.push(this.#flat(feed, open));
    }
    return rows;
  }

  #publishedAtMs(feed: ModelFeed, openTime: number): number {
    const key = `${feedKey(feed)} ${openTime}`;
    const known = this.#flatAtMs.get(key);
    if (known !== undefined) return known;
    const never = this.#random() < FLAT_NEVER_SHARE;
    const delayMs = never ? Number.POSITIVE_INFINITY : this.#random() * FLAT_DELAY_MS_MAX;
    const atMs = openTime + TIMEFRAME_MS[feed.timeframe] + delayMs;
    this.#flatAtMs.set(key, atMs);
    return atMs;
  }

  #flat(feed: ModelFeed, openTime: number): Candle {
    const before = this.#of(feed.coin).findLast((trade) => trade.atMs < openTime);
    const price = before?.price ?? 100;
    return {
      coin: feed.coin,
      timeframe: feed.timeframe,
      openTime,
      closeTime: openTime + TIMEFRAME_MS[feed.timeframe],
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 0,
      trades: 0,
    };
  }

  #of(coin: string): Trade[] {
    return this.#trades.get(coin) ?? [];
  }

  #makeTrades(fromMs: number, untilMs: number): Trade[] {
    const trades: Trade[] = [];
    let price = 100;
    for (let minute = fromMs; minute < untilMs; minute += MINUTE_MS) {
      if (this.#random() < QUIET_MINUTE_SHARE) continue;
      let atMs = minute + this.#random() * TRADE_EVERY_MS;
      for (; atMs < minute + MINUTE_MS; atMs += this.#random() * 2 * TRADE_EVERY_MS) {
        price += this.#random() - 0.5;
        trades.push({ atMs: Math.floor(atMs), price });
      }
    }
    return trades;
  }
}

/** Names a candle in a message. */
export const candleName = (feed: ModelFeed, openTime: number): FeedKey =>
  `${feedKey(feed)} of ${new Date(openTime).toISOString().slice(11, 19)}`;
