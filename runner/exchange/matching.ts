/**
 * The matching core: what becomes of orders. Pure of sockets, files and clocks, so that the simulated
 * exchange, paper trading and backtests share it.
 *
 * The market is the counterparty of every fill: accounts never trade with each other. An order that
 * crosses the quote walks its levels at once; what rests fills when a trade of the market goes through
 * its price by at least one tick (or, if so chosen, reaches it), then wholly, whatever the size of that
 * trade. Mark, oracle and last
 * price are one.
 */

import type { Account } from "#runner/exchange/account.ts";
import type { Marks } from "#runner/exchange/account-margin.ts";
import {
  entryOf,
  isReached,
  limitOnceFired,
  triggerRefusal,
} from "#runner/exchange/conditional.ts";
import { delist } from "#runner/exchange/delisting.ts";
import { type Deal, Execution, type ExecutionOptions } from "#runner/exchange/execution.ts";
import { Family } from "#runner/exchange/family.ts";
import { payFunding } from "#runner/exchange/funding.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { Liquidator } from "#runner/exchange/liquidator.ts";
import { marginRefusal } from "#runner/exchange/margin-refusal.ts";
import {
  type Order,
  type OrderRequest,
  type OrderStatus,
  type Rejection,
  rejectedStatus,
} from "#runner/exchange/orders.ts";
import type { AccountFill, Moment, Outcome, Reply } from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import {
  isWithin,
  refusal,
  refusalToMatch,
  type Take,
  takesOf,
} from "#runner/exchange/refusals.ts";
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { priceTick } from "#shared/instrument.ts";
import { sign } from "#shared/order.ts";

/** A trade of the market that open orders see. */
export interface MarketTrade {
  readonly perp: Perp;
  readonly price: number;
  /** The first of a candle: orders that the market jumped over fill at its price. */
  readonly opening: boolean;
  /** The book around a price; without it an order that fires fills wholly at the price that fired it. */
  readonly bookAt?: ((price: number) => Quote) | undefined;
}

/** When an order arrives, and what it finds. */
export interface Arrival {
  readonly quote: Quote;
  readonly nowMs: UnixMs;
}

export class Matching {
  /** By asset id. What is found is changed: to put a number into a map costs as much as to find two. */
  readonly #marks = new Map<number, { price: number }>();
  readonly #execution: Execution;
  readonly #liquidator: Liquidator;
  readonly #isFilledBy: (order: Order, price: number) => boolean;

  constructor(options: ExecutionOptions) {
    this.#isFilledBy = options.limitFill === "touch" ? isTouched : isThrough;
    this.#execution = new Execution(options, this.mark);
    this.#liquidator = new Liquidator(this.#execution, (perp, price) => this.setMark(perp, price));
  }

  /** Last known price of a perp that has been quoted or traded, in USDC. */
  readonly mark: Marks = (perp) => {
    const mark = this.#marks.get(perp.assetId);
    assert(mark !== undefined, `${perp.coin} has a price`);
    return mark.price;
  };

  /** Whether it has been quoted or traded. */
  hasMark({ assetId }: Perp): boolean {
    return this.#marks.has(assetId);
  }

  setMark(perp: Perp, price: number): void {
    const mark = this.#marks.get(perp.assetId);
    if (mark === undefined) this.#marks.set(perp.assetId, { price });
    else mark.price = price;
  }

  /** USDC that the backstop vault has won from liquidated accounts, less what it paid for their debts. */
  get vault(): number {
    return this.#liquidator.vault;
  }

  /** The ids that come next: an account that is written down must not see them twice. */
  get nextIds(): { readonly order: number; readonly trade: number } {
    return this.#execution.nextIds;
  }

  /** Takes in an account with the positions that it holds: one that was kept from an earlier life. */
  adopt(account: Account): void {
    for (const { perp } of account.positions.values()) this.#execution.holders.add(perp, account);
    for (const order of account.orders.values()) this.#execution.open.add(order);
  }

  /** Places one order that `prevalidate` has let pass. Outcomes are appended to `outcomes`. */
  place(account: Account, request: OrderRequest, at: Arrival, outcomes: Outcome[]): Reply {
    const { quote, nowMs } = at;
    const moment = { nowMs, outcomes };
    this.setMark(request.perp, quote.mark);
    const order = this.#execution.create(account, request, nowMs);
    if (request.trigger !== undefined) return this.#await(order, quote.mark, moment);
    const takes = takesOf(order, quote);
    const rejection =
      refusal(order) ??
      refusalToMatch(order, takes, quote) ??
      marginRefusal(order, takes, this.mark);
    if (rejection !== undefined) return this.#reject(order, rejection, moment);
    this.#execution.note(order, moment);
    return this.#execution.execute(order, takes, moment);
  }

  /** The same for an order that `fillsAlone` at this price: its fill is all that comes of it. */
  takeAlone(account: Account, request: OrderRequest, at: Deal): AccountFill {
    return this.#execution.takeAlone(account, request, at);
  }

  /**
   * Places orders that close what `parent` opens, once it has wholly filled. One that is refused does
   * not end the others.
   */
  placeChildren(
    parent: Order,
    requests: readonly OrderRequest[],
    nowMs: UnixMs,
    outcomes: Outcome[],
  ): readonly Reply[] {
    const family = new Family(parent);
    const replies = requests.map((request) =>
      this.#placeChild(family, parent, request, { nowMs, outcomes }),
    );
    if (parent.status !== "open") family.parent = undefined;
    return replies;
  }

  /** Places orders that belong to the position of their coin: the first that fills ends the others. */
  placeSiblings(
    account: Account,
    requests: readonly OrderRequest[],
    at: (request: OrderRequest) => Arrival,
    outcomes: Outcome[],
  ): readonly Reply[] {
    const family = new Family(undefined);
    return requests.map((request) => {
      const reply = this.place(account, request, at(request), outcomes);
      if (reply.order.status === "open") family.add(reply.order);
      return reply;
    });
  }

  /** Cancels an open order. */
  cancel(order: Order, nowMs: UnixMs, outcomes: Outcome[], status: OrderStatus = "canceled"): void {
    this.#execution.end(order, status, { nowMs, outcomes });
  }

  /** Cancels an open order and places another in its stead, under a new id, with the old one's relatives. */
  replace(old: Order, request: OrderRequest, at: Arrival, outcomes: Outcome[]): Reply {
    const { family, account } = old;
    const moment = { nowMs: at.nowMs, outcomes };
    const isChild = old.stage === "waitingForFill" && request.trigger !== undefined;
    const parent = family?.parent;
    old.family = undefined;
    this.#execution.end(old, "canceled", moment);
    const reply =
      isChild && family !== undefined && parent !== undefined
        ? this.#placeChild(family, parent, request, moment)
        : this.place(account, request, at, outcomes);
    if (family !== undefined) this.#execution.inherit(family, old, reply.order, moment);
    return reply;
  }

  /** A trade of the market: fills what it goes through, fires what waits for its price, liquidates. */
  trade(trade: MarketTrade, nowMs: UnixMs, outcomes: Outcome[]): void {
    const { perp, price } = trade;
    const before = this.#marks.get(perp.assetId)?.price ?? price;
    const moment = { nowMs, outcomes };
    this.setMark(perp, price);
    for (const side of ["buy", "sell"] as const) {
      const best = (): Order | undefined => this.#execution.open.best(perp, side);
      for (
        let order = best();
        order !== undefined && this.#isFilledBy(order, price);
        order = best()
      ) {
        this.#execution.fillResting(order, trade.opening ? price : order.price, moment);
      }
    }
    for (const approach of ["down", "up"] as const) {
      const next = (): Order | undefined => this.#execution.open.nextTrigger(perp, approach);
      for (let order = next(); order !== undefined && isReached(order, price); order = next()) {
        this.#reach(order, trade, before, moment);
      }
    }
    this.setMark(perp, price);
    const { opening: jumps, bookAt } = trade;
    const fall = { perp, from: before, to: price, jumps, bookAt };
    for (const account of this.#execution.holders.of(perp)) {
      this.#liquidator.check(account, fall, moment);
    }
  }

  /** An hour's funding of a coin: longs pay shorts when the rate, a ratio, is above 0. */
  fund(perp: Perp, rate: number, timeMs: UnixMs, outcomes: Outcome[]): void {
    const oracle = this.mark(perp);
    for (const account of this.#execution.holders.of(perp)) {
      const payment = payFunding(account, perp, { rate, oracle, timeMs });
      if (payment !== undefined) outcomes.push({ kind: "funding", payment });
    }
  }

  /** A coin is traded no more: of these accounts open orders end, and positions are settled. */
  delist(perp: Perp, accounts: Iterable<Account>, nowMs: UnixMs, outcomes: Outcome[]): void {
    const moment = { nowMs, outcomes };
    for (const account of accounts) delist(account, perp, this.#execution, moment);
  }

  #await(order: Order, reference: number, moment: Moment): Reply {
    const rejection = refusal(order) ?? triggerRefusal(order, reference);
    if (rejection !== undefined) return this.#reject(order, rejection, moment);
    if (order.stage === "resting") order.stage = "waitingForTrigger";
    this.#execution.open.add(order);
    this.#execution.note(order, moment);
    return { kind: "resting", order };
  }

  #placeChild(family: Family, parent: Order, request: OrderRequest, moment: Moment): Reply {
    const order = this.#execution.create(parent.account, request, moment.nowMs);
    order.remaining = request.size;
    order.stage = "waitingForFill";
    const reply = this.#await(order, entryOf(parent, this.mark(request.perp)), moment);
    if (reply.kind === "rejected") return reply;
    family.add(order);
    if (parent.status === "open") return { kind: "waitingForFill", order };
    if (parent.status === "filled") this.#execution.activate(order, moment);
    else this.#execution.end(order, "canceled", moment);
    return { kind: "waitingForTrigger", order };
  }

  /**
   * A trigger has been reached: on the way there at its own price, or beyond it after a jump. An
   * account that could not bear that price has been liquidated before.
   */
  #reach(order: Order, trade: MarketTrade, before: number, moment: Moment): void {
    const { perp, opening: jumps, bookAt } = trade;
    const isOnTheWay = !jumps && !isReached(order, before);
    const price = isOnTheWay ? (order.trigger?.price ?? trade.price) : trade.price;
    this.setMark(perp, price);
    const fall = { perp, from: before, to: price, jumps, bookAt };
    this.#liquidator.check(order.account, fall, moment);
    if (order.status === "open") this.#fire(order, trade, price, moment);
  }

  #fire(order: Order, trade: MarketTrade, price: number, moment: Moment): void {
    const { perp, trigger } = order;
    assert(trigger !== undefined, "what fires has a trigger");
    this.#execution.open.remove(order);
    order.stage = "resting";
    if (order.size === 0) order.remaining = Math.abs(order.account.sizeOf(perp));
    order.status = "triggered";
    this.#execution.note(order, moment);
    order.status = "open";
    const limit = limitOnceFired(order, price);
    const book = trade.bookAt?.(price);
    const takes = book === undefined ? wholly(order, price, limit) : takesOf(order, book, limit);
    if (trigger.isMarket && takes.length === 0) {
      this.#execution.end(order, "marketOrderNoLiquidityRejected", moment);
      return;
    }
    if (!trigger.isMarket) this.#execution.note(order, moment);
    this.#execution.execute(order, takes, moment);
  }

  #reject(order: Order, rejection: Rejection, moment: Moment): Reply {
    this.#execution.end(order, rejectedStatus(rejection), moment);
    return { kind: "rejected", order, rejection };
  }
}

/** All of an order at one price, if that is within its limit. */
const wholly = (order: Order, price: number, limit: number): readonly Take[] =>
  isWithin(order.side, price, limit) ? [{ price, size: order.remaining }] : [];

/** Beyond the order's price by one tick; half of it allows for float noise. */
function isThrough(order: Order, price: number): boolean {
  const margin = priceTick(order.price, order.perp.sizeDecimals) / 2;
  return sign(order.side) * (order.price - price) > margin;
}

/** At the order's price, or beyond it. */
const isTouched = (order: Order, price: number): boolean =>
  sign(order.side) * (order.price - price) >= 0;
