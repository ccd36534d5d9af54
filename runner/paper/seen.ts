/** Which trades of a market a candle shows that were not seen before. Pure. */
import { z } from "zod";
import { pathOf } from "#runner/exchange/market/prints.ts";
import type { Candle } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { TIMEFRAME_MS, Timeframe } from "#shared/timeframe.ts";

/** How far the market of one coin has been looked at; times are the exchange's. */
export const Seen = z.object({
  /** What happened before this moment is past. */
  untilMs: z.int(),
  /** The open candle as it was last seen; null when none was. */
  open: z
    .object({
      timeframe: Timeframe,
      openTime: z.int(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
    })
    .nullable(),
});
export type Seen = Readonly<z.infer<typeof Seen>>;

export interface Look {
  /** Prices of trades in the order in which they are taken to have happened. */
  readonly prices: readonly number[];
  /** The first of them opens the candle: the market was elsewhere before. */
  readonly opens: boolean;
  readonly seen: Seen;
  /** Trades were passed over: who forgets that, counts them at the next look. */
  readonly passedOver?: true;
}

/** A market whose time lies so far behind what was seen is another: a simulated one that began anew. */
const BEGAN_ANEW_MS = TIMEFRAME_MS["1d"];

export const seenUntil = (seen: Seen | undefined, untilMs: UnixMs): Seen =>
  seen !== undefined && seen.untilMs >= untilMs ? seen : { untilMs, open: seen?.open ?? null };

/**
 * Looks at a candle that has closed. Of one that was seen while it was open only what is beyond that
 * counts. Simplification: of one that was not, and in which an order was placed, the whole range
 * counts but for the opening price: nothing says on which side of the order an extreme lies.
 */
export function lookAtClosed(before: Seen | undefined, candle: Candle, sizeDecimals: number): Look {
  const { openTime, closeTime } = candle;
  const isAnew = before !== undefined && before.untilMs > closeTime + BEGAN_ANEW_MS;
  const seen = isAnew ? undefined : before;
  if (seen !== undefined && closeTime <= seen.untilMs) return { ...NOTHING, seen };
  const after = { untilMs: closeTime, open: null };
  const known = knownOf(seen, candle);
  if (known !== undefined) return { ...NOTHING, prices: pricesBeyond(known, candle), seen: after };
  const prices = tradesOf(candle, sizeDecimals);
  const opens = seen === undefined || openTime >= seen.untilMs;
  return { prices: opens ? prices : prices.slice(1), opens, seen: after };
}

/**
 * Looks at a candle that is still open. One that began before what was seen last is only noted the
 * first time: its trades may all be older than the orders.
 */
export function lookAtOpen(seen: Seen | undefined, candle: Candle, sizeDecimals: number): Look {
  const { timeframe, openTime, closeTime, high, low, close, volume } = candle;
  if (seen !== undefined && closeTime <= seen.untilMs) return { ...NOTHING, seen };
  const after = {
    untilMs: Math.max(openTime, seen?.untilMs ?? openTime),
    open: { timeframe, openTime, high, low, close, volume },
  };
  const known = knownOf(seen, candle);
  if (known !== undefined) return { ...NOTHING, prices: pricesBeyond(known, candle), seen: after };
  const opens = seen !== undefined && openTime >= seen.untilMs;
  return opens
    ? { prices: tradesOf(candle, sizeDecimals), opens, seen: after }
    : { ...NOTHING, seen: after, passedOver: true };
}

const NOTHING = { prices: [], opens: false } as const;

type Known = NonNullable<Seen["open"]>;

/** The candle as it was seen before. */
function knownOf(seen: Seen | undefined, candle: Candle): Known | undefined {
  const known = seen?.open;
  if (known === undefined || known === null) return undefined;
  const isSame = known.openTime === candle.openTime && known.timeframe === candle.timeframe;
  return isSame ? known : undefined;
}

/** What a candle traded beyond what was seen of it: without more volume, nothing. */
function pricesBeyond(known: Known, candle: Candle): readonly number[] {
  if (candle.volume <= known.volume) return [];
  const highs = candle.high > known.high ? [candle.high] : [];
  const lows = candle.low < known.low ? [candle.low] : [];
  const isHighNearer = candle.high - known.close <= known.close - candle.low;
  return [...(isHighNearer ? [...highs, ...lows] : [...lows, ...highs]), candle.close];
}

/** The way through a candle that the simulated exchange takes; one without trades has none. */
const tradesOf = (candle: Candle, sizeDecimals: number): readonly number[] =>
  candle.volume > 0 ? pathOf(candle, sizeDecimals) : [];
