/** What the exchange does with a coin that it trades no more (Hyperliquid's docs, "Delisting"). */

import type { Account } from "#runner/exchange/account.ts";
import type { Execution } from "#runner/exchange/execution.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Moment } from "#runner/exchange/outcomes.ts";

/** Simplification: no record tells the exchange's own words for it. */
export const delistedText = ({ assetId }: Perp): string => `Asset is delisted. asset=${assetId}`;

/**
 * Ends an account's open orders in a coin and settles its position. Simplification: at the mark, and not
 * at the oracle's mean of the hour before.
 */
export function delist(account: Account, perp: Perp, execution: Execution, moment: Moment): void {
  for (const order of account.orders.values()) {
    if (order.perp.assetId === perp.assetId) execution.end(order, "delistedCanceled", moment);
  }
  const held = account.sizeOf(perp);
  if (held === 0) return;
  const price = execution.marks(perp);
  const request = {
    perp,
    side: held > 0 ? "sell" : "buy",
    price,
    size: Math.abs(held),
    reduceOnly: true,
    timeInForce: "ioc",
    clientOrderId: null,
  } as const;
  execution.closeOut(execution.create(account, request, moment.nowMs), price, moment);
}
