/** What the exchange still has of a series: its newest candles. Pure. */
import type { Span } from "#manager/archive/span.ts";
import { EXCHANGE_CANDLES_MAX } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { openTimeAt, TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** A candle is settled so long after its end, in ms: until then its last trades may be missing. */
export const SETTLE_MS = 2000;

/** Close time of the newest candle that is settled. */
export const settledUntil = (timeframe: Timeframe, exchangeMs: UnixMs): UnixMs =>
  openTimeAt(timeframe, exchangeMs - SETTLE_MS);

/** From the oldest candle that the exchange keeps to the newest that is settled. */
export function exchangeWindow(timeframe: Timeframe, exchangeMs: UnixMs): Span {
  const openMs = openTimeAt(timeframe, exchangeMs);
  // The open candle is one of them.
  const oldestMs = openMs - (EXCHANGE_CANDLES_MAX - 1) * TIMEFRAME_MS[timeframe];
  return { fromMs: Math.max(0, oldestMs), toMs: settledUntil(timeframe, exchangeMs) };
}
