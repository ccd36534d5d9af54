/** What the exchange remembers of an account: its newest fills and orders. */
import type { AccountFill } from "#runner/exchange/matching.ts";
import type { Order } from "#runner/exchange/orders.ts";

/** Fills that `userFillsByTime` can reach. */
const FILLS_MAX = 10_000;
/** Orders that `orderStatus` remembers. */
const ORDERS_MAX = 2000;

export class AccountHistory {
  /** Oldest first. */
  readonly fills: AccountFill[] = [];
  readonly #orders = new Map<number, Order>();

  addFill(fill: AccountFill): void {
    this.fills.push(fill);
    // Dropping one at a time would move ten thousand entries for each fill.
    if (this.fills.length >= 2 * FILLS_MAX) this.fills.splice(0, this.fills.length - FILLS_MAX);
  }

  addOrder(order: Order): void {
    this.#orders.set(order.id, order);
    if (this.#orders.size <= ORDERS_MAX) return;
    for (const old of this.#orders.values()) {
      if (old.status === "open") continue;
      this.#orders.delete(old.id);
      return;
    }
  }

  /** Newest of the fills that are remembered, oldest first. */
  newestFills(): readonly AccountFill[] {
    return this.fills.slice(-FILLS_MAX);
  }

  /** By the exchange's id or by the client's; of several with one client id the newest. */
  findOrder(id: number | string): Order | undefined {
    if (typeof id === "number") return this.#orders.get(id);
    return [...this.#orders.values()].findLast((order) => order.clientOrderId === id);
  }
}
