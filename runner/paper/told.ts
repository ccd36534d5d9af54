/** What the matching core tells, in the words of those who keep it or hear of it. */
import type { Order } from "#runner/exchange/orders.ts";
import type { AccountFill, Outcome } from "#runner/exchange/outcomes.ts";
import type { Fill } from "#shared/order.ts";

/** The order that an outcome is about, if it is about one. */
export function orderOfOutcome(outcome: Outcome): Order | undefined {
  if (outcome.kind === "update") return outcome.order;
  return outcome.kind === "fill" ? outcome.fill.order : undefined;
}

/** A trade as a strategy hears of it. */
export function toFill({
  order,
  tradeId,
  price,
  size,
  timeMs,
  fee,
  closedPnl,
  taker,
}: AccountFill): Fill {
  return {
    tradeId,
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    coin: order.perp.coin,
    side: order.side,
    price,
    size,
    timeMs,
    fee,
    closedPnl,
    taker,
  };
}
