/** Orders of the matching core, and the exchange's words for refusing one. */

import type { Account } from "#runner/exchange/account.ts";
import type { Family } from "#runner/exchange/family.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { unreachable } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { NOTIONAL_MIN, priceDecimals } from "#shared/instrument.ts";
import type { Side, TimeInForce } from "#shared/order.ts";

/**
 * `frontendMarket` is the exchange's own market order: an `ioc` that is told apart in its texts;
 * `liquidationMarket` the one that it sends for an account without enough margin.
 */
export type OrderTimeInForce = TimeInForce | "frontendMarket" | "liquidationMarket";

/** Makes an order wait until the mark price reaches a level. */
export interface Trigger {
  /** In USDC. */
  readonly price: number;
  /** Take-profit or stop-loss. */
  readonly kind: "tp" | "sl";
  /** Takes what there is once it fires; otherwise it becomes a `gtc` order at its limit. */
  readonly isMarket: boolean;
}

export interface OrderRequest {
  readonly perp: Perp;
  readonly side: Side;
  /** Limit price in USDC. */
  readonly price: number;
  /** In coin, positive. */
  readonly size: number;
  readonly reduceOnly: boolean;
  readonly timeInForce: OrderTimeInForce;
  readonly clientOrderId: string | null;
  readonly trigger?: Trigger | undefined;
  /** Belongs to the position: as large as it is when its own size is 0. */
  readonly ofPosition?: boolean | undefined;
  /** Share of the notional that goes to the builder whose client sent it. */
  readonly builderRate?: number | undefined;
}

export type OrderStatus =
  | "open"
  /** Its trigger has fired: what becomes of it is told next. */
  | "triggered"
  | "filled"
  | "canceled"
  | "scheduledCancel"
  | "siblingFilledCanceled"
  | "liquidatedCanceled"
  | "marginCanceled"
  | "reduceOnlyCanceled"
  | "delistedCanceled"
  | RejectedStatus;

type RejectedStatus =
  | "tickRejected"
  | "minTradeNtlRejected"
  | "perpMarginRejected"
  | "perpMaxPositionRejected"
  | "reduceOnlyRejected"
  | "badAloPxRejected"
  | "badTriggerPxRejected"
  | "iocCancelRejected"
  | "marketOrderNoLiquidityRejected"
  | "tooManyOpenOrdersRejected";

/** An order that got an id; the core changes what is not `readonly`. */
export interface Order extends OrderRequest {
  readonly id: number;
  readonly account: Account;
  readonly placedMs: UnixMs;
  /** What it waits for while it is open. */
  stage: "resting" | "waitingForTrigger" | "waitingForFill";
  family: Family | undefined;
  /** Not yet filled, in coin. */
  remaining: number;
  status: OrderStatus;
  statusMs: UnixMs;
}

/** Why an order with an id was refused. */
export type Rejection =
  | { readonly kind: "tick" }
  | { readonly kind: "minNotional" }
  | { readonly kind: "margin" }
  | { readonly kind: "maxPosition" }
  | { readonly kind: "reduceOnly" }
  | { readonly kind: "badAlo"; readonly bid: string; readonly ask: string }
  | { readonly kind: "badTrigger" }
  | { readonly kind: "iocCancel" }
  | { readonly kind: "noLiquidity" }
  | { readonly kind: "tooManyOpenOrders" };

export function rejectedStatus(rejection: Rejection): RejectedStatus {
  switch (rejection.kind) {
    case "tick":
      return "tickRejected";
    case "minNotional":
      return "minTradeNtlRejected";
    case "margin":
      return "perpMarginRejected";
    case "maxPosition":
      return "perpMaxPositionRejected";
    case "reduceOnly":
      return "reduceOnlyRejected";
    case "badAlo":
      return "badAloPxRejected";
    case "badTrigger":
      return "badTriggerPxRejected";
    case "iocCancel":
      return "iocCancelRejected";
    case "noLiquidity":
      return "marketOrderNoLiquidityRejected";
    case "tooManyOpenOrders":
      return "tooManyOpenOrdersRejected";
    default:
      return unreachable(rejection, "rejection");
  }
}

/** The exchange's own sentence (its docs, "Error responses"; on the wire with the asset at the end). */
export function rejectionText(rejection: Rejection, perp: Perp): string {
  return `${sentenceOf(rejection)} asset=${perp.assetId}`;
}

function sentenceOf(rejection: Rejection): string {
  switch (rejection.kind) {
    case "tick":
      return "Price must be divisible by tick size.";
    case "minNotional":
      return `Order must have minimum value of $${NOTIONAL_MIN}.`;
    case "margin":
      return "Insufficient margin to place order.";
    case "maxPosition":
      return "Order would cause position to exceed margin tier limit at current leverage";
    case "reduceOnly":
      return "Reduce only order would increase position.";
    case "badAlo":
      return `Post only order would have immediately matched, bbo was ${rejection.bid}@${rejection.ask}.`;
    case "badTrigger":
      return "Invalid TP/SL price.";
    case "iocCancel":
      return "Order could not immediately match against any resting orders.";
    case "noLiquidity":
      return "No liquidity available for market order.";
    case "tooManyOpenOrders":
      return "Too many open orders.";
    default:
      return unreachable(rejection, "rejection");
  }
}

/** Prices further from the mark than this share of it are refused. */
const PRICE_AWAY_MAX = 0.95;
/** Numbers on the wire have at most this many decimals. */
const DECIMALS_MAX = 8;
/** Share of a step that float arithmetic may be off by and still mean that step … */
const STEP_TOLERANCE = 1e-6;
/** … or this ratio of the number itself, where it is many steps: 165.63 is 16562999999.999998 of 1e-8. */
const FLOAT_TOLERANCE = 4 * Number.EPSILON;

/**
 * What is wrong with the payload itself: one text for a whole batch, none of which is then placed.
 * Undefined when nothing is.
 */
export function prevalidate(request: OrderRequest, mark: number): string | undefined {
  const { price, size, perp, trigger } = request;
  if (!(price > 0) || !Number.isFinite(price) || !hasDecimals(price, DECIMALS_MAX)) {
    return "Order has invalid price.";
  }
  if (trigger !== undefined && !(trigger.price > 0)) return "Order has invalid price.";
  if (trigger !== undefined && !request.reduceOnly) return "TP/SL orders must be reduce only.";
  const takesPosition = request.ofPosition === true && size === 0;
  if (size === 0 && !takesPosition) return "Order has zero size.";
  if (!(size >= 0) || !Number.isFinite(size) || !hasDecimals(size, perp.sizeDecimals)) {
    return "Order has invalid size.";
  }
  if (Math.abs(price - mark) > PRICE_AWAY_MAX * mark) {
    return "Order price cannot be more than 95% away from the reference price";
  }
  const notionalMax = orderNotionalMax(request);
  if (price * size > notionalMax) return `Order value too large. Max is $${notionalMax}.`;
  return undefined;
}

/** Five significant figures or an integer, and at most `6 − sizeDecimals` decimals. */
export const isOnTick = (price: number, perp: Perp): boolean =>
  hasDecimals(price, priceDecimals(price, perp.sizeDecimals));

/** Whether a number is a whole number of steps of `10^-decimals`. */
function hasDecimals(value: number, decimals: number): boolean {
  const steps = value * 10 ** decimals;
  const tolerance = Math.max(STEP_TOLERANCE, Math.abs(steps) * FLOAT_TOLERANCE);
  return Math.abs(steps - Math.round(steps)) <= tolerance;
}

/** Resting orders may be ten times as large as those that take at once. */
const RESTING_FACTOR = 10;

/** Most that one order may be worth, in USDC, by the coin's highest leverage. */
function orderNotionalMax({ perp, timeInForce }: OrderRequest): number {
  const rests = timeInForce === "gtc" || timeInForce === "alo";
  return takingNotionalMax(perp.maxLeverage) * (rests ? RESTING_FACTOR : 1);
}

function takingNotionalMax(maxLeverage: number): number {
  if (maxLeverage >= 25) return 30_000_000;
  if (maxLeverage >= 20) return 5_000_000;
  return maxLeverage >= 10 ? 2_000_000 : 500_000;
}
