/** Numbers as the exchange writes them in what it sends. */

import { truncateUsdc } from "#runner/exchange/rounding.ts";
import { formatDecimal } from "#shared/instrument.ts";

/** In answers and frames even a whole number has a decimal: `"83765.0"`. */
export function wireDecimal(value: number): string {
  const text = formatDecimal(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** Money as the exchange shows it: `"2.383117"`. */
export const wireUsdc = (value: number): string => wireDecimal(truncateUsdc(value));

/** Ratios and rates have more decimals than prices. */
const RATE_DECIMALS = 10;

/** A rate or ratio, already rounded to the decimals it shall have: `"0.0000125"`. */
export function wireRate(rate: number): string {
  const text = rate.toFixed(RATE_DECIMALS).replace(/0+$/, "");
  return text.endsWith(".") ? `${text}0` : text;
}
