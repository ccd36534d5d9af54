/** Rounding that float noise does not fool. */

/** Relative error that a few float operations may leave. */
const FLOAT_NOISE = 1e-14;

/** Cuts off decimals beyond the given number, towards 0; 0.29 with two decimals stays 0.29. */
export function truncate(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const scaled = value * scale;
  const nearest = Math.round(scaled);
  // 0.29 * 100 is 28.999999999999996: what is a whole number but for float noise is that number.
  const isWhole = Math.abs(scaled - nearest) <= Math.abs(scaled) * FLOAT_NOISE;
  return (isWhole ? nearest : Math.trunc(scaled)) / scale;
}

/** The nearest number with so many decimals. */
export const roundTo = (value: number, decimals: number): number =>
  Math.round(value * 10 ** decimals) / 10 ** decimals;

/** USDC is counted in millionths. */
export const USDC_DECIMALS = 6;

/** Whole millionths of a USDC, what is less cut off, as the exchange counts fees and margins. */
export const truncateUsdc = (value: number): number => truncate(value, USDC_DECIMALS);

/** Money as the ledger keeps it: the nearest millionth of a USDC. */
export const roundUsdc = (value: number): number => roundTo(value, USDC_DECIMALS);
