/** Arithmetic that strategies share. */

/** Relative difference under which two averages are the same number. */
const EQUAL_WITHIN = 1e-9;

/**
 * -1, 0 or 1, as `a` is below, level with or above `b`. Averages of the same candles differ in their
 * last digits with the way they are summed: without a tolerance such a tie is read as a crossing.
 */
export function compare(a: number, b: number): -1 | 0 | 1 {
  if (Math.abs(a - b) <= EQUAL_WITHIN * Math.max(Math.abs(a), Math.abs(b))) return 0;
  return a < b ? -1 : 1;
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: Float64Array | readonly number[]): number {
  let sum = 0;
  // By index: an iterator over a column costs ten times the sum.
  for (let index = 0; index < values.length; index++) sum += values[index] ?? Number.NaN;
  return sum / values.length;
}
