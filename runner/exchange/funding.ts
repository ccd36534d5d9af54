/** Hourly funding (Hyperliquid's docs, "Funding"). */

import type { Account } from "#runner/exchange/account.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { FundingPayment } from "#runner/exchange/outcomes.ts";
import { roundUsdc } from "#runner/exchange/rounding.ts";
import type { UnixMs } from "#shared/clock.ts";

/** Most that an hour costs, as a share of the notional. */
const RATE_MAX = 0.04;

/** `size × oracle × rate`, booked on the account; undefined when it holds none of the coin. */
export function payFunding(
  account: Account,
  perp: Perp,
  hour: { readonly rate: number; readonly oracle: number; readonly timeMs: UnixMs },
): FundingPayment | undefined {
  const position = account.positions.get(perp.assetId);
  if (position === undefined) return undefined;
  const rate = Math.max(-RATE_MAX, Math.min(RATE_MAX, hour.rate));
  const paid = roundUsdc(position.size * hour.oracle * rate);
  // Minus zero would be written as such.
  const usdc = paid === 0 ? 0 : -paid;
  account.payFunding(position, usdc);
  return { account, perp, size: position.size, rate, usdc, timeMs: hour.timeMs };
}
