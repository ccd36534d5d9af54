/** Orders in the exchange's forms: open, as its own frontend shows them, and as they change. */

import { conditionText } from "#runner/exchange/conditional.ts";
import { childrenOf } from "#runner/exchange/family.ts";
import type { Order, OrderTimeInForce } from "#runner/exchange/orders.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import { roundTo } from "#runner/exchange/rounding.ts";
import { wireDecimal } from "#runner/exchange/wire/decimal.ts";
import { formatDecimal } from "#shared/instrument.ts";
import { toWireSide } from "#shared/order.ts";

/** Most decimals of a perp's price, less those of its size. */
export const PRICE_DECIMALS = 6;

/** Average price of a fill that took several levels, as a reply writes it (no `.0`). */
export const averagePriceToWire = (order: Order, price: number): string =>
  formatDecimal(roundTo(price, PRICE_DECIMALS - order.perp.sizeDecimals));

export const cloidOf = (order: Order) =>
  order.clientOrderId === null ? {} : { cloid: order.clientOrderId };

/** An open order, and the order part of an `orderUpdates` frame; `remaining` in coin. */
export const orderToWire = (order: Order, remaining: number) => ({
  coin: order.perp.coin,
  side: toWireSide(order.side),
  limitPx: wireDecimal(order.price),
  sz: wireDecimal(remaining),
  oid: order.id,
  timestamp: order.placedMs,
  origSz: wireDecimal(order.size),
  ...cloidOf(order),
  ...(order.reduceOnly ? { reduceOnly: true } : {}),
});

export const updateToWire = (update: Extract<Outcome, { kind: "update" }>) => ({
  order: orderToWire(update.order, update.remaining),
  status: update.status,
  statusTimestamp: update.timeMs,
});

const TIF: Readonly<Record<OrderTimeInForce, string>> = {
  gtc: "Gtc",
  ioc: "Ioc",
  alo: "Alo",
  frontendMarket: "FrontendMarket",
  liquidationMarket: "LiquidationMarket",
};

/** What the exchange's frontend shows of an order. */
interface FrontendOrder {
  readonly oid: number;
  readonly children: readonly FrontendOrder[];
  readonly [field: string]: unknown;
}

/** Children that wait for its fill stand in their parent, and beside it. */
export const frontendOrderToWire = (order: Order): FrontendOrder => ({
  coin: order.perp.coin,
  side: toWireSide(order.side),
  limitPx: wireDecimal(order.price),
  sz: wireDecimal(order.remaining),
  oid: order.id,
  timestamp: order.placedMs,
  triggerCondition: conditionText(order),
  isTrigger: order.trigger !== undefined,
  triggerPx: wireDecimal(order.trigger?.price ?? 0),
  children: childrenOf(order).map(frontendOrderToWire),
  isPositionTpsl: order.ofPosition ?? false,
  reduceOnly: order.reduceOnly,
  orderType: typeText(order),
  origSz: wireDecimal(order.size),
  tif: order.trigger?.isMarket === true ? null : TIF[order.timeInForce],
  cloid: order.clientOrderId,
});

function typeText({ trigger, timeInForce }: Order): string {
  if (trigger === undefined) {
    const isMarket = timeInForce === "frontendMarket" || timeInForce === "liquidationMarket";
    return isMarket ? "Market" : "Limit";
  }
  const kind = trigger.kind === "tp" ? "Take Profit" : "Stop";
  return `${kind} ${trigger.isMarket ? "Market" : "Limit"}`;
}

/** An order with how it stands, as `historicalOrders` lists it. */
export const historicalOrderToWire = (order: Order) => ({
  order: frontendOrderToWire(order),
  status: order.status,
  statusTimestamp: order.statusMs,
});

export const orderStatusToWire = (order: Order) => ({
  status: "order",
  order: historicalOrderToWire(order),
});
