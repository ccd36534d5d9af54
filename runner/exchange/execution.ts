/**
 * Fills and ends of orders, and what follows from them for the orders beside them: siblings, children,
 * reduce-only orders. It decides nothing about prices.
 */

import { type Account, bookFill, roundToLot } from "#runner/exchange/account.ts";
import type { Marks } from "#runner/exchange/account-margin.ts";
import { childrenOf, type Family } from "#runner/exchange/family.ts";
import { type FeeRates, feeOf } from "#runner/exchange/fees.ts";
import { Holders } from "#runner/exchange/holders.ts";
import { canAfford } from "#runner/exchange/margin-refusal.ts";
import { OpenOrders } from "#runner/exchange/open-orders.ts";
import type { Order, OrderRequest, OrderStatus } from "#runner/exchange/orders.ts";
import type { AccountFill, Moment, Reply } from "#runner/exchange/outcomes.ts";
import type { Take } from "#runner/exchange/refusals.ts";
import { assert } from "#shared/assert.ts";
import type { LimitFill } from "#shared/backtest.ts";
import type { UnixMs } from "#shared/clock.ts";
import { formatDecimal } from "#shared/instrument.ts";
import { sign } from "#shared/order.ts";

export interface ExecutionOptions {
  readonly firstOrderId: number;
  readonly firstTradeId: number;
  /** The same for all, instead of the tiers. */
  readonly fees?: FeeRates;
  /** When a resting order fills: once the market has passed its price by a tick (default), or at it. */
  readonly limitFill?: LimitFill;
}

/** A price in USDC, and when it was traded. */
export interface Deal {
  readonly price: number;
  readonly nowMs: UnixMs;
}

/** How an order trades. */
interface Manner {
  readonly taker: boolean;
  readonly liquidation?: AccountFill["liquidation"];
  /** The exchange ends a position that nobody can trade any more: free of a fee. */
  readonly settles?: true;
}

const TAKES: Manner = { taker: true };
const MAKES: Manner = { taker: false };
const SETTLES: Manner = { taker: true, settles: true };

/** `dir` of a settlement's fill. */
const SETTLEMENT = "Settlement";

/**
 * The price of an order's fills as the exchange tells it: that of a single one is its own, which a
 * division would miss by a bit, and a mean has the decimals of the wire.
 */
function averagePrice(takes: readonly Take[], mean: number): number {
  const [first] = takes;
  return takes.length === 1 && first !== undefined ? first.price : Number(formatDecimal(mean));
}

export class Execution {
  readonly open = new OpenOrders();
  readonly holders = new Holders();
  readonly marks: Marks;
  readonly #fees: FeeRates | undefined;
  #nextOrderId: number;
  #nextTradeId: number;

  constructor(options: ExecutionOptions, marks: Marks) {
    this.#nextOrderId = options.firstOrderId;
    this.#nextTradeId = options.firstTradeId;
    this.#fees = options.fees;
    this.marks = marks;
  }

  get nextIds(): { readonly order: number; readonly trade: number } {
    return { order: this.#nextOrderId, trade: this.#nextTradeId };
  }

  /** Gives a request its id; a reduce-only one is no larger than the position, if there is one. */
  create(account: Account, request: OrderRequest, nowMs: UnixMs): Order {
    const held = Math.abs(account.sizeOf(request.perp));
    const reduces = request.reduceOnly && held > 0;
    // Field by field: a spread costs more than the rest of an order.
    return {
      perp: request.perp,
      side: request.side,
      price: request.price,
      size: request.size,
      reduceOnly: request.reduceOnly,
      timeInForce: request.timeInForce,
      clientOrderId: request.clientOrderId,
      trigger: request.trigger,
      ofPosition: request.ofPosition,
      builderRate: request.builderRate,
      id: this.#nextOrderId++,
      account,
      placedMs: nowMs,
      stage: "resting",
      family: undefined,
      remaining: reduces ? Math.min(request.size, held) : request.size,
      status: "open",
      statusMs: nowMs,
    };
  }

  /** Takes from the book at once; what is left rests or ends, as the order wants. */
  execute(order: Order, takes: readonly Take[], moment: Moment): Reply {
    let size = 0;
    let notional = 0;
    for (const take of takes) {
      this.#fill(order, take, TAKES, moment);
      size += take.size;
      notional += take.size * take.price;
    }
    size = roundToLot(size, order.perp);
    if (order.remaining === 0) this.end(order, "filled", moment);
    else if (order.timeInForce === "gtc" || order.timeInForce === "alo") this.open.add(order);
    else this.end(order, "canceled", moment);
    if (size > 0 && order.status === "open") this.note(order, moment);
    if (size > 0) this.#settle(order, moment);
    if (size === 0) return { kind: "resting", order };
    return { kind: "filled", order, size, averagePrice: averagePrice(takes, notional / size) };
  }

  /** An order that `fillsAlone` at this price: nobody hears of it but by its fill. */
  takeAlone(account: Account, request: OrderRequest, at: Deal): AccountFill {
    const order = this.create(account, request, at.nowMs);
    const fill = this.#book(order, { price: at.price, size: order.remaining }, TAKES, at.nowMs);
    order.status = "filled";
    return fill;
  }

  /** Closes for its owner what has too little margin; ends the order that did it. */
  liquidate(
    order: Order,
    takes: readonly Take[],
    moment: Moment,
    liquidation: NonNullable<AccountFill["liquidation"]>,
  ): void {
    for (const take of takes) this.#fill(order, take, { taker: true, liquidation }, moment);
    this.end(order, "filled", moment);
    this.#settle(order, moment);
  }

  /** Ends a position at a price; of the order that does it nobody is told. */
  closeOut(order: Order, price: number, moment: Moment): void {
    this.#fill(order, { price, size: order.remaining }, SETTLES, moment);
    order.status = "filled";
  }

  /** The market has traded through a resting order. */
  fillResting(order: Order, price: number, moment: Moment): void {
    this.open.remove(order);
    if (!canAfford(order, price, this.marks)) {
      this.end(order, "marginCanceled", moment);
      return;
    }
    this.#fill(order, { price, size: order.remaining }, MAKES, moment);
    this.end(order, "filled", moment);
    this.#settle(order, moment);
  }

  /** Ends an order, and with it the children that wait for it, unless it is filled. */
  end(order: Order, status: OrderStatus, moment: Moment): void {
    this.open.remove(order);
    order.status = status;
    this.note(order, moment);
    // Children of a filled parent wake once its fill has settled.
    if (status === "filled") return;
    const activates = status === "marginCanceled" && order.remaining < order.size;
    for (const child of this.#release(order)) {
      if (activates) this.activate(child, moment);
      else this.end(child, "canceled", moment);
    }
  }

  /** Tells how an order stands. */
  note(order: Order, { nowMs, outcomes }: Moment): void {
    order.statusMs = nowMs;
    const { status, remaining } = order;
    outcomes.push({ kind: "update", order, status, remaining, timeMs: nowMs });
  }

  /** From now on the mark price decides; without a position to close, the order ends. */
  activate(order: Order, moment: Moment): void {
    this.open.remove(order);
    order.stage = "waitingForTrigger";
    this.open.add(order);
    this.#fitToPosition(order, moment);
  }

  /** Puts a replacement among the relatives of the order that it replaces. */
  inherit(family: Family, old: Order, next: Order, moment: Moment): void {
    family.replace(old, next);
    if (next.status === "open" || family.parent !== next) return;
    for (const child of this.#release(next)) {
      if (next.status === "filled") this.activate(child, moment);
      else this.end(child, "canceled", moment);
    }
  }

  /** The children of an order, which from now on stand alone. */
  #release(parent: Order): readonly Order[] {
    const children = childrenOf(parent);
    if (children.length > 0 && parent.family !== undefined) parent.family.parent = undefined;
    return children;
  }

  #fill(order: Order, take: Take, manner: Manner, { nowMs, outcomes }: Moment): void {
    outcomes.push({ kind: "fill", fill: this.#book(order, take, manner, nowMs) });
  }

  #book(order: Order, take: Take, manner: Manner, nowMs: UnixMs): AccountFill {
    const { account, perp } = order;
    const { price, size } = take;
    assert(size > 0 && size <= order.remaining, "a fill is no larger than its order");
    const notional = price * size;
    const rates = this.#fees ?? account.fees.ratesAt(nowMs);
    const isFree = manner.liquidation?.method === "backstop" || manner.settles === true;
    const own = isFree ? 0 : feeOf(notional, manner.taker ? rates.taker : rates.maker);
    const builderFee =
      order.builderRate === undefined ? undefined : feeOf(notional, order.builderRate);
    const fee = own + (builderFee ?? 0);
    const signedSize = sign(order.side) * size;
    const booked = bookFill(account, perp, { signedSize, price, fee });
    account.fees.add(notional);
    if (booked.startPosition === 0) this.holders.add(perp, account);
    else if (account.sizeOf(perp) === 0) this.holders.remove(perp, account);
    order.remaining = roundToLot(order.remaining - size, perp);
    const { taker, liquidation } = manner;
    const { startPosition, closedPnl } = booked;
    const direction = manner.settles === true ? SETTLEMENT : booked.direction;
    return {
      startPosition,
      direction,
      closedPnl,
      order,
      tradeId: this.#nextTradeId++,
      price,
      size,
      fee,
      builderFee,
      taker,
      timeMs: nowMs,
      liquidation,
    };
  }

  /** After fills of an order: siblings end, reduce-only orders follow the position, children wake. */
  #settle(filled: Order, moment: Moment): void {
    if (filled.family !== undefined) {
      for (const sibling of filled.family.siblingsOf(filled)) {
        this.end(sibling, "siblingFilledCanceled", moment);
      }
    }
    const { orders } = filled.account;
    // An iterator over nothing costs as much as a third of the fill.
    if (orders.size > 0) this.#follow(filled, orders, moment);
    if (filled.status !== "filled") return;
    for (const child of this.#release(filled)) this.activate(child, moment);
  }

  /** Reduce-only orders follow the position. */
  #follow(filled: Order, orders: ReadonlyMap<number, Order>, moment: Moment): void {
    for (const order of orders.values()) {
      const follows = order.reduceOnly && order.stage !== "waitingForFill";
      if (follows && order.perp.assetId === filled.perp.assetId) this.#fitToPosition(order, moment);
    }
  }

  /** A reduce-only order shrinks with the position, and ends with it. */
  #fitToPosition(order: Order, moment: Moment): void {
    const held = order.account.sizeOf(order.perp);
    if (held * sign(order.side) >= 0) {
      this.end(order, "reduceOnlyCanceled", moment);
    } else if (order.remaining > Math.abs(held)) {
      order.remaining = Math.abs(held);
      this.note(order, moment);
    }
  }
}
