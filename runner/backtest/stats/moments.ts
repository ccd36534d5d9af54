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

/**
 * Standard normal distribution function, by the error function of Abramowitz and Stegun 7.1.26;
 * absolute error below 1.5e-7.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.327_591_1 * x);
  const [a1, a2, a3, a4, a5] = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  const tail = t * (a1 + t * (a2 + t * (a3 + t * (a4 + t * a5)))) * Math.exp(-x * x);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}
