/** Orders of one coin that wait for a price, in the order in which it reaches them: price, then time. */

import type { Order } from "#runner/exchange/orders.ts";
import { assert } from "#shared/assert.ts";

/** Which way the price must move to reach an order: `down` for what waits below it. */
export type Approach = "down" | "up";

/** What an order waits for: its limit as a resting order, its trigger price before that. */
export interface Waiting {
  price(order: Order): number;
  approach(order: Order): Approach;
}

export class PriceQueue {
  readonly #waiting: Waiting;
  /** Rising: the highest, and of equals the oldest, is last. */
  readonly #down: Order[] = [];
  /** Falling: the lowest, and of equals the oldest, is last. */
  readonly #up: Order[] = [];

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  add(order: Order): void {
    const side = this.#side(this.#waiting.approach(order));
    side.splice(this.#placeOf(side, order), 0, order);
  }

  remove(order: Order): void {
    const side = this.#side(this.#waiting.approach(order));
    const place = this.#placeOf(side, order);
    // `#placeOf` finds the first place that is not worse: the order itself.
    assert(side[place] === order, `order ${order.id} waits`);
    side.splice(place, 1);
  }

  /** The order that a price moving this way reaches first. */
  first(approach: Approach): Order | undefined {
    return this.#side(approach).at(-1);
  }

  #side(approach: Approach): Order[] {
    return approach === "down" ? this.#down : this.#up;
  }

  /** First place whose order is not reached later than this one. */
  #placeOf(side: readonly Order[], order: Order): number {
    let low = 0;
    let high = side.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = side[middle];
      if (there !== undefined && this.#isLater(there, order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isLater(a: Order, b: Order): boolean {
    const [priceA, priceB] = [this.#waiting.price(a), this.#waiting.price(b)];
    if (priceA === priceB) return a.id > b.id;
    return this.#waiting.approach(a) === "down" ? priceA < priceB : priceA > priceB;
  }
}
