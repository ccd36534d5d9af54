/** The run by UTC days: what annualised figures and months are made of. */
import type { RunRecord } from "#runner/backtest/record.ts";
import type { UnixMs } from "#shared/clock.ts";

export const DAY_MS = 86_400_000;

/**
 * The day of a moment at which candles closed. A close is the first ms after its candle, so the one at
 * midnight still belongs to the day before.
 */
export const dayOf = (closeMs: UnixMs): number => Math.floor((closeMs - 1) / DAY_MS);

export interface Daily {
  /** Days since the epoch of the first entry; one entry a day follows another. */
  readonly firstDay: number;
  /** Account value at the last close of each day; a day without one keeps the value before. */
  readonly equity: Float64Array;
  /** The first is over the capital, so that the product of `1 + return` is the total return. */
  readonly returns: Float64Array;
}

export function dailySeries({ timeMs, equity, capital }: RunRecord): Daily {
  const firstDay = dayOf(timeMs[0] ?? 0);
  const lastDay = dayOf(timeMs.at(-1) ?? 0);
  const days = timeMs.length === 0 ? 0 : lastDay - firstDay + 1;
  const closes = new Float64Array(days);
  let value = capital;
  let day = 0;
  let dayEndMs = (firstDay + 1) * DAY_MS;
  for (let step = 0; step < timeMs.length; step++) {
    const closeMs = timeMs[step] ?? 0;
    for (; closeMs > dayEndMs; dayEndMs += DAY_MS) closes[day++] = value;
    value = equity[step] ?? value;
  }
  if (days > 0) closes[day] = value;
  return { firstDay, equity: closes, returns: returnsOf(closes, capital) };
}

/** Nothing can be won or lost on nothing: after an account of 0 the returns are 0. */
function returnsOf(values: Float64Array, start: number): Float64Array {
  const returns = new Float64Array(values.length);
  let before = start;
  for (const [index, value] of values.entries()) {
    returns[index] = before > 0 ? value / before - 1 : 0;
    before = value;
  }
  return returns;
}

export interface MonthReturn {
  /** `2024-10`. */
  readonly month: string;
  /** Of what the account was worth when the month began. */
  readonly returnRatio: number;
}

export function monthlyReturns({ firstDay, equity }: Daily, capital: number): MonthReturn[] {
  const closes = new Map<string, number>();
  for (const [index, value] of equity.entries()) {
    closes.set(
      new Date((firstDay + index) * DAY_MS).toISOString().slice(0, "2024-10".length),
      value,
    );
  }
  let before = capital;
  return [...closes].map(([month, value]) => {
    const returnRatio = before > 0 ? value / before - 1 : 0;
    before = value;
    return { month, returnRatio };
  });
}
