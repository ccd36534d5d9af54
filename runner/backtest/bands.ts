/**
 * How far each price may move before the account must be looked at as a whole. What stays within needs
 * no liquidation check, so that a candle in which nothing can happen costs nothing. Pure.
 */
import type { Perp } from "#runner/exchange/instruments.ts";

/** Prices that a position bears whatever the others do within theirs; not a number: none. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

export const EVERY_PRICE: Band = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Share of the way that is left out, for the ledger's millionths. */
const CAUTION = 1e-6;

/** Maintenance margin over notional in the strictest tier: half the initial margin. */
export const strictestRate = ({ marginTiers }: Perp): number =>
  1 / (2 * Math.min(...marginTiers.map(({ maxLeverage }) => maxLeverage)));

/** `mayLose`: what this position may lose, in USDC, before its maintenance margin is touched. */
export function bandOf(
  position: { readonly size: number; readonly mark: number; readonly rate: number },
  mayLose: number,
): Band {
  const { size, mark, rate } = position;
  // The margin that a short position must keep grows with the price.
  const distance = (mayLose / (Math.abs(size) * (1 + rate))) * (1 - CAUTION);
  return size > 0
    ? { low: mark - distance, high: Number.POSITIVE_INFINITY }
    : { low: Number.NEGATIVE_INFINITY, high: mark + distance };
}
