/** Trading fees of perps. */

/** Share of the notional. */
export interface FeeRates {
  readonly taker: number;
  readonly maker: number;
}

/** Hyperliquid's rates without volume, staking or referral discounts (its docs, "Fees"). */
export const BASE_FEES: FeeRates = { taker: 0.000_45, maker: 0.000_15 };

/** USDC is counted in millionths. */
const MICRO = 1e6;
/** Relative error that a few float operations may leave. */
const FLOAT_NOISE = 1e-12;

/** The fee of a fill in USDC; what is less than a millionth is cut off (0.00484583 is charged as 0.004845). */
export function feeOf(notional: number, rate: number): number {
  const micros = notional * rate * MICRO;
  return Math.trunc(micros + Math.abs(micros) * FLOAT_NOISE) / MICRO;
}

/** Money as the ledger keeps it: whole millionths of a USDC. */
export const roundUsdc = (value: number): number => Math.round(value * MICRO) / MICRO;
