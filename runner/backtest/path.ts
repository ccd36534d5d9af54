/** The way of the price within a candle, and candles that do not tell which order came first. Pure. */
import type { Order } from "#runner/exchange/orders.ts";
import { unreachable } from "#shared/assert.ts";
import type { PricePath } from "#shared/backtest.ts";
import { type Side, sign } from "#shared/order.ts";

export type Corner = "high" | "low";

/**
 * The corner that a candle is taken to have reached first. `worst` and `best` go by the position: a
 * long one fears the low. Without one, by the orders that would open it: a bought dip is worse when
 * no rise can follow it within the candle.
 */
export function firstCorner(path: PricePath, held: number, rests: Side | undefined): Corner {
  switch (path) {
    case "ohlc":
      return "high";
    case "olhc":
      return "low";
    case "worst":
      return feared(held, rests);
    case "best":
      return feared(held, rests) === "low" ? "high" : "low";
    default:
      return unreachable(path, "path of the price");
  }
}

function feared(held: number, rests: Side | undefined): Corner {
  if (held !== 0) return held > 0 ? "low" : "high";
  return rests === "sell" ? "low" : "high";
}

/** What a candle showed. */
export interface Corners {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

/** A stop and a take profit of one position, both within a candle. */
export interface Ambiguity {
  readonly stop: number;
  readonly takeProfit: number;
  /** Of the smaller of the two, in coin. */
  readonly size: number;
}

/**
 * The stop and the take profit that a candle may both have reached; undefined when it cannot, or when
 * its open alone tells. `held` is the signed size of the position, `orders` those of its coin.
 */
export function ambiguityIn(
  candle: Corners,
  held: number,
  orders: Iterable<Order>,
): Ambiguity | undefined {
  const side = Math.sign(held);
  const worst = side > 0 ? candle.low : candle.high;
  const best = side > 0 ? candle.high : candle.low;
  let stop: Order | undefined;
  let profit: Order | undefined;
  for (const order of orders) {
    if (sign(order.side) === side || order.stage === "waitingForFill") continue;
    const price = levelOf(order);
    const isStop = order.trigger?.kind === "sl";
    const isReached = isStop ? side * (price - worst) >= 0 : isTaken(order, price, side, best);
    if (!isReached) continue;
    if (isStop && (stop === undefined || side * (price - levelOf(stop)) > 0)) stop = order;
    if (!isStop && (profit === undefined || side * (levelOf(profit) - price) > 0)) profit = order;
  }
  if (stop === undefined || profit === undefined) return undefined;
  const [stopAt, profitAt] = [levelOf(stop), levelOf(profit)];
  const isOpenTelling = side * (candle.open - stopAt) <= 0 || side * (profitAt - candle.open) <= 0;
  if (isOpenTelling) return undefined;
  const size = Math.min(Math.abs(held), stop.remaining, profit.remaining);
  return { stop: stopAt, takeProfit: profitAt, size };
}

const levelOf = (order: Order): number => order.trigger?.price ?? order.price;

/** A trigger fires where it is reached; a limit must be passed. */
const isTaken = (order: Order, price: number, side: number, best: number): boolean =>
  order.trigger === undefined ? side * (best - price) > 0 : side * (best - price) >= 0;
