/** Numbers as the exchange writes them in what it sends. */

import { truncateUsdc } from "#runner/exchange/rounding.ts";
import { formatDecimal } from "#shared/instrument.ts";

/** Decimal digits that a float holds for certain; what `toFixed` prints beyond them is noise. */
const FLOAT_DIGITS = 15;
/** Below this, eight decimals are within those digits. */
const FORMATTED_MAX = 1e7;

/** In answers and frames even a whole number has a decimal: `"83765.0"`. */
export function wireDecimal(value: number): string {
  const text = Math.abs(value) < FORMATTED_MAX ? formatDecimal(value) : formatLarge(value);
  return text.includes(".") ? text : `${text}.0`;
}

function formatLarge(value: number): string {
  const wholeDigits = Math.trunc(Math.abs(value)).toString().length;
  const text = value.toFixed(Math.max(0, FLOAT_DIGITS - wholeDigits));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
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
