/**
 * Hours of funding that an account on paper owes: noted when they pass, with what was held then, and
 * paid once the exchange has published what they cost. Pure.
 */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

const HOUR_MS = TIMEFRAME_MS["1h"];
/** After the hour, in ms, until its rate is asked for: the exchange stamps it 15 to 50 ms past. */
const PUBLISHED_AFTER_MS = 10_000;
/**
 * Simplification: of a time longer than this that nobody watched only the newest hours are paid. As many as
 * the exchange tells of in one answer.
 */
const HOURS_MAX = 500;
/** A market whose time lies so far behind is another: a simulated one that began anew. */
const BEGAN_ANEW_MS = TIMEFRAME_MS["1d"];

export const Due = z.object({
  coin: Coin,
  /** When it fell due. */
  hourMs: z.int(),
  /** Signed, in coin, as held then. */
  size: z.number(),
  /** Last price before the hour, in USDC: it stands for the oracle's. */
  price: z.number(),
});
export type Due = Readonly<z.infer<typeof Due>>;

export const Dues = z.object({
  /** The last hour that was noted; null before the first look. */
  notedUntilMs: z.int().nullable(),
  open: z.array(Due).readonly(),
});
export type Dues = Readonly<z.infer<typeof Dues>>;

/** A position as it has stood since the last look. */
export type Held = Pick<Due, "coin" | "size" | "price">;

/** An hour's rate, a ratio, as the exchange lists it. */
export interface PublishedRate {
  readonly timeMs: UnixMs;
  readonly rate: number;
}

export const NO_DUES: Dues = { notedUntilMs: null, open: [] };

/** What is left of the dues when the exchange's time is `nowMs`: nothing in a market that began anew. */
export const duesAt = (dues: Dues, nowMs: UnixMs): Dues =>
  (dues.notedUntilMs ?? nowMs) > nowMs + BEGAN_ANEW_MS ? NO_DUES : dues;

/** Notes the hours that have passed, `nowMs` being the exchange's time. The same when none has. */
export function noteHours(dues: Dues, nowMs: UnixMs, held: readonly Held[]): Dues {
  const lastMs = openTimeAt("1h", nowMs);
  const { notedUntilMs, open } = dues;
  if (notedUntilMs === null) return { ...dues, notedUntilMs: lastMs };
  if (lastMs <= notedUntilMs) return dues;
  const firstMs = Math.max(notedUntilMs + HOUR_MS, lastMs - (HOURS_MAX - 1) * HOUR_MS);
  const passed: Due[] = [];
  for (let hourMs = firstMs; hourMs <= lastMs; hourMs += HOUR_MS) {
    passed.push(...held.map((position) => ({ ...position, hourMs })));
  }
  return { notedUntilMs: lastMs, open: [...open, ...passed] };
}

/** Coins whose rates should be published by now, with the first hour that is open. */
export function toAsk({ open }: Dues, nowMs: UnixMs): ReadonlyMap<Coin, UnixMs> {
  const first = new Map<Coin, UnixMs>();
  for (const { coin, hourMs } of open) {
    if (hourMs + PUBLISHED_AFTER_MS > nowMs) continue;
    first.set(coin, Math.min(hourMs, first.get(coin) ?? hourMs));
  }
  return first;
}

export interface Settled {
  readonly dues: Dues;
  /** Oldest first, each with its rate. */
  readonly paid: readonly (Due & PublishedRate)[];
}

/**
 * Takes out the hours of a coin that are published. One that is not, though a later one is, cost nothing:
 * the exchange stood still. Any other stays open.
 */
export function settleDues(dues: Dues, coin: Coin, rates: readonly PublishedRate[]): Settled {
  const byHour = new Map(rates.map((each) => [openTimeAt("1h", each.timeMs), each] as const));
  const newestMs = Math.max(...byHour.keys());
  const isDecided = (due: Due): boolean => due.coin === coin && due.hourMs <= newestMs;
  const paid = dues.open.filter(isDecided).flatMap((due) => {
    const rate = byHour.get(due.hourMs);
    return rate === undefined ? [] : [{ ...due, ...rate }];
  });
  return { dues: { ...dues, open: dues.open.filter((due) => !isDecided(due)) }, paid };
}
