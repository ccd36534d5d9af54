/** Numbers as the exchange writes them in what it sends. */
import { formatDecimal } from "#shared/instrument.ts";

/** In answers and frames even a whole number has a decimal: `"83765.0"`. */
export function wireDecimal(value: number): string {
  const text = formatDecimal(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** USDC is counted in millionths, and what is less is cut off: `"2.383117"`. */
export const USDC_DECIMALS = 6;

/** Money as the exchange shows it. */
export const wireUsdc = (value: number): string => wireDecimal(truncate(value, USDC_DECIMALS));

/** Cuts off decimals beyond the given number, towards 0. */
export function truncate(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const scaled = value * scale;
  const nearest = Math.round(scaled);
  // 0.29 * 100 is 28.999999999999996: what is a whole number but for float noise is that number.
  const isWhole = Math.abs(scaled - nearest) < FLOAT_NOISE * Math.max(1, Math.abs(scaled));
  return (isWhole ? nearest : Math.trunc(scaled)) / scale;
}

/** Relative error that a few float operations may leave. */
const FLOAT_NOISE = 1e-12;
