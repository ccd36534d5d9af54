/** Orders that wait for the mark price ("TP/SL"): when they fire, and what they are refused for. Pure. */

import {
  isOnTick,
  type Order,
  type OrderRequest,
  type Rejection,
} from "#runner/exchange/orders.ts";
import type { Approach } from "#runner/exchange/price-queue.ts";
import { unreachable } from "#shared/assert.ts";
import { formatDecimal, roundPrice } from "#shared/instrument.ts";
import { type Side, sign } from "#shared/order.ts";

/** A take-profit waits on the far side of a profit, a stop-loss on that of a loss. */
export function approachOf(order: Pick<OrderRequest, "side" | "trigger">): Approach {
  const isProfit = order.trigger?.kind === "tp";
  return isProfit === (order.side === "sell") ? "up" : "down";
}

/** Whether the mark price has reached a trigger price. */
export function isReached(order: Order, mark: number): boolean {
  const trigger = order.trigger?.price ?? order.price;
  return approachOf(order) === "up" ? mark >= trigger : mark <= trigger;
}

/**
 * What can be said against a trigger at placement. `reference` is the price that the position is
 * entered at: the mark, or a parent's limit that is better than it. A trigger that it has reached
 * already is wrong, and so is a market order's limit on the near side of its trigger.
 */
export function triggerRefusal(order: Order, reference: number): Rejection | undefined {
  const { trigger, side, price } = order;
  if (trigger === undefined) return undefined;
  if (!isOnTick(trigger.price, order.perp)) return { kind: "tick" };
  if (isReached(order, reference)) return { kind: "badTrigger" };
  const isNear = trigger.isMarket && sign(side) * (price - trigger.price) < 0;
  return isNear ? { kind: "badTrigger" } : undefined;
}

/** Furthest from the mark, as a share of it, that a fired market order takes (docs, "TP/SL orders"). */
const SLIPPAGE_MAX = 0.1;

/** Worst price that a fired order takes: its limit, or the slippage tolerance of a market order. */
export function limitOnceFired(order: Order, mark: number): number {
  if (order.trigger?.isMarket !== true) return order.price;
  const worst = mark * (1 + sign(order.side) * SLIPPAGE_MAX);
  return roundPrice(worst, order.perp.sizeDecimals, order.side === "buy" ? "down" : "up");
}

/** Price at which a parent will have filled, as far as can be known when its children are placed. */
export function entryOf(
  parent: { readonly side: Side; readonly price: number },
  mark: number,
): number {
  return parent.side === "buy" ? Math.min(parent.price, mark) : Math.max(parent.price, mark);
}

/** The exchange's words for what an order waits for: `Price below 9.995`. */
export function conditionText(order: Order): string {
  if (order.trigger === undefined) return "N/A";
  const approach = approachOf(order);
  const price = formatDecimal(order.trigger.price);
  switch (approach) {
    case "up":
      return `Price above ${price}`;
    case "down":
      return `Price below ${price}`;
    default:
      return unreachable(approach, "approach");
  }
}
