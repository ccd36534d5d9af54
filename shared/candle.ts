/** Candles: ours, and the only place that knows the exchange's letters for them. */
import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";
import { isTimeframe, TIMEFRAME_MS, Timeframe } from "#shared/timeframe.ts";

/** Longest name of a coin that we accept, in characters. */
const COIN_LENGTH_MAX = 64;

/** The exchange's name of a market: `BTC`, `@107`, `dex:COIN`. */
export const Coin = z.string().min(1).max(COIN_LENGTH_MAX);
export type Coin = z.infer<typeof Coin>;

/** Open, high, low, close and volume of a coin over one timeframe. Prices in USDC, volume in coin. */
export const Candle = z.object({
  coin: Coin,
  timeframe: Timeframe,
  /** First ms of the candle. */
  openTime: z.int(),
  /** First ms after the candle: `openTime` plus its length. */
  closeTime: z.int(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  /** Number of trades in it. */
  trades: z.int(),
});
export type Candle = Readonly<z.infer<typeof Candle>>;

/** Most candles of one timeframe that the exchange keeps, the open one included. */
export const EXCHANGE_CANDLES_MAX = 5000;

/** A (coin, timeframe) that a strategy wants, with the closed candles it needs before its first decision. */
export const Feed = z.strictObject({
  coin: Coin,
  timeframe: Timeframe,
  warmup: z
    .int()
    .min(0)
    .max(EXCHANGE_CANDLES_MAX - 1)
    .default(0),
});
/** What an author writes: `warmup` may be left out. */
export type Feed = Readonly<z.input<typeof Feed>>;
/** A feed with its warm-up filled in. */
export type FeedRequest = Readonly<z.output<typeof Feed>>;

/** Names one feed: `BTC 1h`. A coin's name holds no space. */
export type FeedKey = string;
export const feedKey = (feed: { readonly coin: Coin; readonly timeframe: Timeframe }): FeedKey =>
  `${feed.coin} ${feed.timeframe}`;

/** Candles that a strategy did not get in time. */
export const Gap = z.object({
  coin: Coin,
  timeframe: Timeframe,
  /** Open time of the first missing candle. */
  fromMs: z.int(),
  /** Close time of the last missing candle. */
  toMs: z.int(),
  /** Number of missing candles. */
  count: z.int().positive(),
  /** `unrecoverable`: the exchange does not have them; `down`: they closed while the strategy did not run. */
  reason: z.enum(["unrecoverable", "down"]),
});
export type Gap = Readonly<z.infer<typeof Gap>>;

/**
 * The order of delivery in every world: by close time, then the longest timeframe first, then coin.
 * A comparator for `sort`.
 */
export function deliveryOrder(a: Candle, b: Candle): number {
  if (a.closeTime !== b.closeTime) return a.closeTime - b.closeTime;
  const longestFirst = TIMEFRAME_MS[b.timeframe] - TIMEFRAME_MS[a.timeframe];
  if (longestFirst !== 0) return longestFirst;
  if (a.coin === b.coin) return 0;
  return a.coin < b.coin ? -1 : 1;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;
const Decimal = z.string().regex(DECIMAL, "must be a decimal number in a string").transform(Number);

/**
 * A candle as Hyperliquid sends it, by REST and by WebSocket. `t` is the first and `T` the *last*
 * millisecond; numbers are strings although its documentation says otherwise; no field says whether
 * the candle is closed.
 */
export const WireCandle = z
  .object({
    t: z.int(),
    T: z.int(),
    s: Coin,
    i: Timeframe,
    o: Decimal,
    c: Decimal,
    h: Decimal,
    l: Decimal,
    v: Decimal,
    n: z.int(),
  })
  .transform(
    (wire): Candle => ({
      coin: wire.s,
      timeframe: wire.i,
      openTime: wire.t,
      closeTime: wire.t + TIMEFRAME_MS[wire.i],
      open: wire.o,
      high: wire.h,
      low: wire.l,
      close: wire.c,
      volume: wire.v,
      trades: wire.n,
    }),
  );

/**
 * What `WireCandle` makes of it, or undefined where that refuses it: the schema says why. By hand, because
 * nothing comes so often, and before the candle is on its way: a third of the schema's time.
 */
export function readWireCandle(data: unknown): Candle | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if (!("t" in data && "T" in data && "s" in data && "i" in data && "n" in data)) return undefined;
  if (!("o" in data && "c" in data && "h" in data && "l" in data && "v" in data)) return undefined;
  const { t, T, s, i, n } = data;
  if (!isInt(t) || !isInt(T) || !isInt(n) || !isTimeframe(i)) return undefined;
  if (typeof s !== "string" || s === "" || s.length > COIN_LENGTH_MAX) return undefined;
  const { o, c, h, l, v } = data;
  if (!isDecimal(o) || !isDecimal(c) || !isDecimal(h) || !isDecimal(l) || !isDecimal(v)) {
    return undefined;
  }
  return {
    coin: s,
    timeframe: i,
    openTime: t,
    closeTime: t + TIMEFRAME_MS[i],
    open: Number(o),
    high: Number(h),
    low: Number(l),
    close: Number(c),
    volume: Number(v),
    trades: n,
  };
}

const isInt = (value: unknown): value is number => Number.isSafeInteger(value);
const isDecimal = (value: unknown): value is string =>
  typeof value === "string" && DECIMAL.test(value);

/** The gap between two closed candles of one feed, or undefined when they touch. */
export function gapBetween(
  feed: { readonly coin: Coin; readonly timeframe: Timeframe },
  closedUntilMs: UnixMs,
  nextOpenMs: UnixMs,
  reason: Gap["reason"],
): Gap | undefined {
  const count = Math.round((nextOpenMs - closedUntilMs) / TIMEFRAME_MS[feed.timeframe]);
  if (count <= 0) return undefined;
  return {
    coin: feed.coin,
    timeframe: feed.timeframe,
    fromMs: closedUntilMs,
    toMs: nextOpenMs,
    count,
    reason,
  };
}
