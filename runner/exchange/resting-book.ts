/** The resting orders of one coin, in the order in which they fill: price, then time. */

import type { Order } from "#runner/exchange/orders.ts";
import { assert } from "#shared/assert.ts";
import type { Side } from "#shared/order.ts";

export class RestingBook {
  /** Rising: the best bid, and of equals the oldest, is last. */
  readonly #bids: Order[] = [];
  /** Falling: the best ask, and of equals the oldest, is last. */
  readonly #asks: Order[] = [];

  add(order: Order): void {
    const side = this.#side(order.side);
    side.splice(placeOf(side, order), 0, order);
  }

  remove(order: Order): void {
    const side = this.#side(order.side);
    const place = placeOf(side, order);
    // `placeOf` finds the first place that is not worse: the order itself.
    assert(side[place] === order, `order ${order.id} rests`);
    side.splice(place, 1);
  }

  /** The order of a side that fills first. */
  best(side: Side): Order | undefined {
    return this.#side(side).at(-1);
  }

  #side(side: Side): Order[] {
    return side === "buy" ? this.#bids : this.#asks;
  }
}

/** First place whose order does not fill later than this one. */
function placeOf(side: readonly Order[], order: Order): number {
  let low = 0;
  let high = side.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = side[middle];
    if (there !== undefined && fillsLater(there, order)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fillsLater(a: Order, b: Order): boolean {
  if (a.price === b.price) return a.id > b.id;
  return a.side === "buy" ? a.price < b.price : a.price > b.price;
}
