/** What the exchange remembers of an account: its newest fills and orders. */

import type { Order } from "#runner/exchange/orders.ts";
import type { AccountFill, FundingPayment, Outcome } from "#runner/exchange/outcomes.ts";
import { unreachable } from "#shared/assert.ts";

/** Fills that `userFillsByTime` can reach. */
const FILLS_MAX = 10_000;
/** Orders that `orderStatus` remembers at least; about twice as many at most, and every open one. */
const ORDERS_MAX = 2000;
/** Payments that `userFunding` can reach. */
const FUNDINGS_MAX = 10_000;

export class AccountHistory {
  /** Oldest first. */
  readonly fills: AccountFill[] = [];
  readonly #fundings: FundingPayment[] = [];
  /**
   * By id, in two generations: an order that changes belongs to the younger one, and when that is full
   * the elder is forgotten at once. Looking for the oldest orders one by one would cost more than that.
   */
  #young = new Map<number, Order>();
  #elder: ReadonlyMap<number, Order> = new Map();
  /** The one that was kept last: it is among the young. */
  #kept: Order | undefined;

  add(outcome: Outcome): void {
    switch (outcome.kind) {
      case "fill":
        pushBounded(this.fills, outcome.fill, FILLS_MAX);
        return;
      case "funding":
        pushBounded(this.#fundings, outcome.payment, FUNDINGS_MAX);
        return;
      case "update":
        this.keepOrder(outcome.order);
        return;
      // Told to those who listen; its fills tell of it later.
      case "liquidation":
        return;
      default:
        unreachable(outcome, "outcome");
    }
  }

  /** Remembers an order: the newest state of it is its own. */
  keepOrder(order: Order): void {
    // Most orders change several times in a row.
    if (order === this.#kept) return;
    this.#kept = order;
    this.#young.set(order.id, order);
    if (this.#young.size < ORDERS_MAX) return;
    this.#kept = undefined;
    const forgotten = this.#elder;
    this.#elder = this.#young;
    this.#young = new Map();
    for (const old of forgotten.values()) {
      if (old.status === "open" && !this.#elder.has(old.id)) this.#young.set(old.id, old);
    }
  }

  /** Newest of the fills that are remembered, oldest first. */
  newestFills(): readonly AccountFill[] {
    return this.fills.slice(-FILLS_MAX);
  }

  /** Funding that is remembered, oldest first. */
  newestFundings(): readonly FundingPayment[] {
    return this.#fundings.slice(-FUNDINGS_MAX);
  }

  /** Orders that are remembered, newest first. */
  newestOrders(): readonly Order[] {
    return this.#ascending().slice(-ORDERS_MAX).toReversed();
  }

  /** By the exchange's id or by the client's; of several with one client id the newest. */
  findOrder(id: number | string): Order | undefined {
    if (typeof id === "number") return this.#young.get(id) ?? this.#elder.get(id);
    return this.#ascending().findLast((order) => order.clientOrderId === id);
  }

  /** Each once, as they were placed. */
  #ascending(): Order[] {
    const all = new Map([...this.#elder, ...this.#young]);
    return [...all.values()].toSorted((a, b) => a.id - b.id);
  }
}

/** Keeps at least the newest `max`: dropping one at a time would move ten thousand entries each time. */
function pushBounded<T>(list: T[], item: T, max: number): void {
  list.push(item);
  if (list.length >= 2 * max) list.splice(0, list.length - max);
}
