/** What a strategy is given before its first live candle, and where its live candles begin. */
import {
  type Candle,
  deliveryOrder,
  type FeedRequest,
  type Gap,
  gapBetween,
} from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** What is known of one feed when a strategy is to begin with it. */
export interface Past {
  readonly request: FeedRequest;
  /** Close time of the last candle that the strategy has handled before; null when there is none. */
  readonly handledUntilMs: UnixMs | null;
  /** It did not run since: what closed is given as warm-up, and named by a gap. */
  readonly wasDown: boolean;
  /** Close time up to which the feed is settled; at least `handledUntilMs`. */
  readonly closedUntilMs: UnixMs;
}

/** Where the warm-up of one feed begins and ends. */
export interface WarmPlan {
  readonly past: Past;
  /** Open time of the oldest candle of the warm-up. */
  readonly fromMs: UnixMs;
  /** Candles that close after this are live. */
  readonly liveFromMs: UnixMs;
}

export interface Warmup {
  /** In delivery order. */
  readonly candles: readonly Candle[];
  /** What is missing in them, then what closed while the strategy was down. */
  readonly gaps: readonly Gap[];
}

/** Open time of the oldest candle that a strategy needs of a feed whose live candles begin there. */
export function neededFromMs(past: Omit<Past, "closedUntilMs">, liveFromMs: UnixMs): UnixMs {
  const { request, handledUntilMs, wasDown } = past;
  const warmFromMs = liveFromMs - request.warmup * TIMEFRAME_MS[request.timeframe];
  return handledUntilMs === null || !wasDown ? warmFromMs : Math.min(warmFromMs, handledUntilMs);
}

/**
 * The warm-up of feeds that are taken together. It ends before the first candle that any of them
 * still owes, so that the candles of one close time stay together; but not before `recentMs` (the
 * exchange's time), so that a feed that lags does not make old candles live. What a strategy has
 * handled is never live again.
 */
export function planWarmup(pasts: readonly Past[], recentMs: UnixMs): WarmPlan[] {
  const owedMs = Math.min(
    ...pasts.map((past) => past.closedUntilMs + TIMEFRAME_MS[past.request.timeframe]),
  );
  const cutMs = Math.max(owedMs, recentMs);
  return pasts.map((past) => {
    const lengthMs = TIMEFRAME_MS[past.request.timeframe];
    const lastCloseMs = (Math.ceil(cutMs / lengthMs) - 1) * lengthMs;
    const liveFromMs = Math.max(
      Math.min(past.closedUntilMs, lastCloseMs),
      past.handledUntilMs ?? Number.NEGATIVE_INFINITY,
    );
    return { past, fromMs: neededFromMs(past, liveFromMs), liveFromMs };
  });
}

/** `candlesOf`: the closed candles of a feed that open from `fromMs` and before `untilMs`. */
export function composeWarmup(
  plans: readonly WarmPlan[],
  candlesOf: (request: FeedRequest, fromMs: UnixMs, untilMs: UnixMs) => readonly Candle[],
): Warmup {
  const parts = plans.map(({ past, fromMs, liveFromMs }) => {
    const candles = candlesOf(past.request, fromMs, liveFromMs);
    return { candles, holes: holesIn(candles, past.request, liveFromMs) };
  });
  return {
    candles: parts.flatMap((part) => part.candles).toSorted(deliveryOrder),
    gaps: [...parts.flatMap((part) => part.holes), ...plans.flatMap(downOf)],
  };
}

function downOf({ past, liveFromMs }: WarmPlan): Gap[] {
  if (past.handledUntilMs === null || !past.wasDown) return [];
  const gap = gapBetween(past.request, past.handledUntilMs, liveFromMs, "down");
  return gap === undefined ? [] : [gap];
}

/** What is missing between the first candle of a warm-up and its end. */
function holesIn(candles: readonly Candle[], request: FeedRequest, endMs: UnixMs): Gap[] {
  return candles.flatMap((candle, index) => {
    const nextMs = candles[index + 1]?.openTime ?? endMs;
    return gapBetween(request, candle.closeTime, nextMs, "unrecoverable") ?? [];
  });
}
