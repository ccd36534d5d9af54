/** What the exchange remembers of an account: its newest fills and orders. */

import type { Order } from "#runner/exchange/orders.ts";
import type { AccountFill, FundingPayment, Outcome } from "#runner/exchange/outcomes.ts";
import { unreachable } from "#shared/assert.ts";

/** Fills that `userFillsByTime` can reach. */
const FILLS_MAX = 10_000;
/** Orders that `orderStatus` remembers at least, beside every open one. */
const ORDERS_MAX = 2000;
/** Changes of orders after which the oldest are forgotten. */
const CHANGES_MAX = 4 * ORDERS_MAX;
/** Payments that `userFunding` can reach. */
const FUNDINGS_MAX = 10_000;

export class AccountHistory {
  /** Oldest first. */
  readonly fills: AccountFill[] = [];
  readonly #fundings: FundingPayment[] = [];
  /** Each time that one changed, the newest last: they are told apart when somebody asks. */
  #changed: Order[] = [];
  /** So many changes are looked through for orders that may be forgotten. */
  #lookAt = CHANGES_MAX;

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

  addFill(fill: AccountFill): void {
    this.keepOrder(fill.order);
    pushBounded(this.fills, fill, FILLS_MAX);
  }

  /** Remembers an order: the newest state of it is its own. */
  keepOrder(order: Order): void {
    // Most orders change several times in a row.
    if (this.#changed[this.#changed.length - 1] === order) return;
    this.#changed.push(order);
    if (this.#changed.length < this.#lookAt) return;
    this.#changed = this.#remembered();
    this.#lookAt = this.#changed.length + CHANGES_MAX;
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
    if (typeof id === "number") return this.#changed.findLast((order) => order.id === id);
    return this.#ascending().findLast((order) => order.clientOrderId === id);
  }

  /** Each once, as they were placed. */
  #ascending(): Order[] {
    return [...new Set(this.#changed)].toSorted((a, b) => a.id - b.id);
  }

  /** The newest, each once, as they changed last, and before them all older ones that are open. */
  #remembered(): Order[] {
    const newest = new Set<Order>();
    const open = new Set<Order>();
    for (let index = this.#changed.length - 1; index >= 0; index--) {
      const order = this.#changed[index];
      if (order === undefined) continue;
      if (newest.size < ORDERS_MAX) newest.add(order);
      else if (order.status === "open" && !newest.has(order)) open.add(order);
    }
    return [...newest, ...open].toReversed();
  }
}

/** Keeps at least the newest `max`: dropping one at a time would move ten thousand entries each time. */
function pushBounded<T>(list: T[], item: T, max: number): void {
  list.push(item);
  if (list.length >= 2 * max) list.splice(0, list.length - max);
}
