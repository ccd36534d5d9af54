/** Trading fees of perps. */
import { truncateUsdc } from "#runner/exchange/rounding.ts";

/** Share of the notional. */
export interface FeeRates {
  readonly taker: number;
  readonly maker: number;
}

/** Hyperliquid's rates without volume, staking or referral discounts (its docs, "Fees"). */
export const BASE_FEES: FeeRates = { taker: 0.000_45, maker: 0.000_15 };

/** The fee of a fill in USDC (0.00484583 is charged as 0.004845). */
export const feeOf = (notional: number, rate: number): number => truncateUsdc(notional * rate);
