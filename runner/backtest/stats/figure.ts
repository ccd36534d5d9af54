/** A statistic, or why there is none: a Sharpe of 10 000 000 from three days is a bug, not a result. */

export interface Missing {
  readonly missing: string;
}
export type Figure = number | Missing;

/** Fewer round trips than this say nothing by their averages and ratios. */
export const TRADES_MIN = 10;
/** A shorter run is not projected onto a year, in days. */
export const DAYS_MIN = 14;
/** Fewer daily returns than this have no distribution worth a figure. */
export const DAILY_RETURNS_MIN = 30;

export const missing = (why: string): Missing => ({ missing: why });

export const fewTrades = (trades: number): Missing | null =>
  atLeast(trades, TRADES_MIN, "closed trade", "closed trades");

export const fewDailyReturns = (returns: number): Missing | null =>
  atLeast(returns, DAILY_RETURNS_MIN, "daily return", "daily returns");

export function fewDays(days: number): Missing | null {
  if (days >= DAYS_MIN) return null;
  return missing(`needs ${DAYS_MIN} days, the run has ${Number(days.toFixed(1))}`);
}

function atLeast(count: number, min: number, one: string, many: string): Missing | null {
  if (count >= min) return null;
  return missing(`needs ${min} ${many}, there ${count === 1 ? `is 1 ${one}` : `are ${count}`}`);
}

/** The figure that is computed where the gate is open. */
export function gated(gate: Missing | null, compute: () => Figure): Figure {
  if (gate !== null) return gate;
  const figure = compute();
  if (typeof figure === "number" && !Number.isFinite(figure)) return missing("beyond all numbers");
  return figure;
}

/** Collects, key by key, why a figure is null. */
export class Notes {
  readonly byKey: Record<string, string> = {};

  /** The figure as a number, or null with its reason noted. */
  value(key: string, figure: Figure): number | null {
    if (typeof figure === "number") return figure;
    this.byKey[key] = figure.missing;
    return null;
  }
}
