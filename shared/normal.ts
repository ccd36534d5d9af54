/** The standard normal distribution. */

/** Share of it below `z`; absolute error under 1.5e-7 (Abramowitz and Stegun 7.1.26). */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.327_591_1 * x);
  const [a1, a2, a3, a4, a5] = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  const tail = t * (a1 + t * (a2 + t * (a3 + t * (a4 + t * a5)))) * Math.exp(-x * x);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

// Coefficients of P. J. Acklam's rational approximation of the quantile (2003), relative error under 1.2e-9.
const CENTRE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
  -3.066479806614716e1, 2.506628277459239,
];
const CENTRE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
  -1.328068155288572e1, 1,
];
const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
];
const TAIL_BOTTOM = [
  7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1,
];
/** Below it, and above its mirror, the tails' approximation holds. */
const TAIL_SHARE = 0.02425;

/** The `z` below which this share lies; a share in (0, 1), else NaN. */
export function normalQuantile(share: number): number {
  if (share < TAIL_SHARE) {
    const depth = Math.sqrt(-2 * Math.log(share));
    return polynomial(TAIL_TOP, depth) / polynomial(TAIL_BOTTOM, depth);
  }
  if (share > 1 - TAIL_SHARE) return -normalQuantile(1 - share);
  const middle = share - 0.5;
  const square = middle * middle;
  return (polynomial(CENTRE_TOP, square) * middle) / polynomial(CENTRE_BOTTOM, square);
}

/** By Horner's rule, the highest power first. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
