/** The one list of timeframes: a candle's length, as Hyperliquid names it. */
import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";

export const TIMEFRAMES = [
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "8h",
  "12h",
  "1d",
  "3d",
  "1w",
  "1M",
] as const;

export const Timeframe = z.enum(TIMEFRAMES);
export type Timeframe = z.infer<typeof Timeframe>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Length of each timeframe in ms. `1M` is 30 days: Hyperliquid counts every timeframe from the
 * Unix epoch in fixed steps, so weeks open on Thursday and "months" are no calendar months
 * (measured on its candles of July 2025; its documentation is silent).
 */
export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  "1m": MINUTE_MS,
  "3m": 3 * MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "4h": 4 * HOUR_MS,
  "8h": 8 * HOUR_MS,
  "12h": 12 * HOUR_MS,
  "1d": DAY_MS,
  "3d": 3 * DAY_MS,
  "1w": 7 * DAY_MS,
  "1M": 30 * DAY_MS,
};

export const isTimeframe = (value: unknown): value is Timeframe =>
  typeof value === "string" && Object.hasOwn(TIMEFRAME_MS, value);

/** Open time of the candle of this timeframe that holds the moment `atMs`. */
export function openTimeAt(timeframe: Timeframe, atMs: UnixMs): UnixMs {
  const length = TIMEFRAME_MS[timeframe];
  return Math.floor(atMs / length) * length;
}

/** Whether `openTimeMs` is a possible open time of this timeframe. */
export const isAligned = (timeframe: Timeframe, openTimeMs: UnixMs): boolean =>
  openTimeMs % TIMEFRAME_MS[timeframe] === 0;
