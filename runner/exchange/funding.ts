/** Hourly funding (Hyperliquid's docs, "Funding"). */

import type { Account } from "#runner/exchange/account.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { FundingPayment } from "#runner/exchange/outcomes.ts";
import { roundUsdc } from "#runner/exchange/rounding.ts";
import type { UnixMs } from "#shared/clock.ts";

/** Most that an hour costs, as a share of the notional. */
const RATE_MAX = 0.04;

/** What an hour costs: a ratio of the notional, and the price in USDC by which that is counted. */
export interface FundingHour {
  readonly rate: number;
  readonly oracle: number;
  readonly timeMs: UnixMs;
}

/** `size × oracle × rate`, booked on the account; undefined when it holds none of the coin. */
export function payFunding(
  account: Account,
  perp: Perp,
  hour: FundingHour,
): FundingPayment | undefined {
  const size = account.sizeOf(perp);
  return size === 0 ? undefined : payFundingOf(account, perp, size, hour);
}

/** The same for what it held at that hour, whatever it holds now: signed, in coin. */
export function payFundingOf(
  account: Account,
  perp: Perp,
  size: number,
  hour: FundingHour,
): FundingPayment {
  const rate = Math.max(-RATE_MAX, Math.min(RATE_MAX, hour.rate));
  const paid = roundUsdc(size * hour.oracle * rate);
  // Minus zero would be written as such.
  const usdc = paid === 0 ? 0 : -paid;
  account.payFunding(perp, usdc);
  return { account, perp, size, rate, usdc, timeMs: hour.timeMs };
}
