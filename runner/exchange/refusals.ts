/** Why the matching core refuses an order, and what an order would take from the quote. Pure. */

import { roundToLot } from "#runner/exchange/account.ts";
import {
  isOnTick,
  type Order,
  type OrderRequest,
  type Rejection,
} from "#runner/exchange/orders.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { NOTIONAL_MIN } from "#shared/instrument.ts";
import { type Side, sign } from "#shared/order.ts";

/** Most orders that an account may have open: 1000 and one more for each 5 M USDC traded, 5000 at most. */
const OPEN_ORDERS_MIN = 1000;
const OPEN_ORDERS_MAX = 5000;
const VOLUME_PER_OPEN_ORDER = 5_000_000;

/** A piece of a level of the book: price in USDC, size in coin. */
export interface Take {
  readonly price: number;
  readonly size: number;
}

/** What can be said against an order before the book is looked at. */
export function refusal(order: Order): Rejection | undefined {
  const { account, perp, price, remaining, reduceOnly, side } = order;
  if (!isOnTick(price, perp)) return { kind: "tick" };
  const isChild = order.stage === "waitingForFill";
  const held = account.sizeOf(perp);
  // A child closes what its parent will have opened.
  if (reduceOnly && !isChild && held * sign(side) >= 0) return { kind: "reduceOnly" };
  const closesAll =
    order.ofPosition === true || roundToLot(held + sign(side) * remaining, perp) === 0;
  if (!closesAll && price * remaining < NOTIONAL_MIN - NOTIONAL_TOLERANCE) {
    return { kind: "minNotional" };
  }
  return hasRoom(order) ? undefined : { kind: "tooManyOpenOrders" };
}

/** Orders that only close are refused earlier than those that open. */
function hasRoom({ account, reduceOnly, trigger }: Order): boolean {
  const closes = reduceOnly || trigger !== undefined;
  const byVolume = OPEN_ORDERS_MIN + Math.floor(account.volume / VOLUME_PER_OPEN_ORDER);
  const max = closes ? OPEN_ORDERS_MIN : Math.min(OPEN_ORDERS_MAX, byVolume);
  return account.orders.size < max;
}

/** USDC by which `price × size` may miss the least notional for float arithmetic's sake. */
const NOTIONAL_TOLERANCE = 1e-9;

/** What can be said against it once it is held against the quote. */
export function refusalToMatch(
  order: Order,
  takes: readonly Take[],
  quote: Quote,
): Rejection | undefined {
  if (order.timeInForce === "alo" && takes.length > 0) {
    return { kind: "badAlo", bid: bestOf(quote.bids), ask: bestOf(quote.asks) };
  }
  if (order.timeInForce === "ioc" && takes.length === 0) return { kind: "iocCancel" };
  if (order.timeInForce === "frontendMarket" && takes.length === 0) return { kind: "noLiquidity" };
  return undefined;
}

const bestOf = (levels: Quote["bids"]): string => String(levels[0]?.price ?? 0);

/** The opposite levels that the order reaches within its limit, best first. */
export function takesOf(
  order: Order | OrderRequest,
  quote: Quote,
  limit = order.price,
): readonly Take[] {
  const levels = order.side === "buy" ? quote.asks : quote.bids;
  const takes: Take[] = [];
  let left = "remaining" in order ? order.remaining : order.size;
  for (const { price, size } of levels) {
    if (left <= 0 || !isWithin(order.side, price, limit)) break;
    if (left <= size) {
      takes.push({ price, size: left });
      break;
    }
    takes.push({ price, size });
    left = roundToLot(left - size, order.perp);
  }
  return takes;
}

/** Whether a price is no worse than a limit. */
export const isWithin = (side: Side, price: number, limit: number): boolean =>
  side === "buy" ? price <= limit : price >= limit;

/** What an order comes to if it fills: what it takes at those prices, the rest at its limit. */
export function notionalOf(order: Order, takes: readonly Take[]): number {
  let left = order.remaining;
  let notional = 0;
  for (const { price, size } of takes) {
    notional += price * size;
    left -= size;
  }
  const rests = order.timeInForce === "gtc" || order.timeInForce === "alo";
  return rests ? notional + Math.max(0, left) * order.price : notional;
}
