/** Means, spreads and quantiles of a column of numbers. */

export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** NaN for an empty column. */
export const mean = (values: Float64Array): number => sum(values) / values.length;

/** Sample deviation (divisor n − 1); NaN below two values. */
export function deviation(values: Float64Array): number {
  const center = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - center) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** Quantile of ascending values, linear between neighbours, as numpy's `percentile` does. */
export function quantile(ascending: Float64Array, share: number): number {
  const place = (ascending.length - 1) * share;
  const below = Math.floor(place);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - below);
}

/** Sample skewness, corrected for bias as pandas' `skew` (G1 of Joanes and Gill 1998). */
export function skewness(values: Float64Array): number {
  const n = values.length;
  return (n / ((n - 1) * (n - 2))) * standardizedPower(values, 3);
}

/** Sample excess kurtosis (0 for a normal distribution), corrected for bias as pandas' `kurt` (G2). */
export function excessKurtosis(values: Float64Array): number {
  const n = values.length;
  const scale = (n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3));
  const normal = (3 * (n - 1) ** 2) / ((n - 2) * (n - 3));
  return scale * standardizedPower(values, 4) - normal;
}

function standardizedPower(values: Float64Array, power: number): number {
  const center = mean(values);
  const spread = deviation(values);
  let total = 0;
  for (const value of values) total += ((value - center) / spread) ** power;
  return total;
}
