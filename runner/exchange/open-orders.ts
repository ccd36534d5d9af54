/** Every open order of every coin, where it waits: in the book, or for the mark price to reach its trigger. */

import { approachOf } from "#runner/exchange/conditional.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Order } from "#runner/exchange/orders.ts";
import { type Approach, PriceQueue, type Waiting } from "#runner/exchange/price-queue.ts";
import type { Side } from "#shared/order.ts";

const RESTING: Waiting = {
  price: (order) => order.price,
  approach: (order) => (order.side === "buy" ? "down" : "up"),
};

const CONDITIONAL: Waiting = {
  price: (order) => order.trigger?.price ?? order.price,
  approach: (order) => approachOf(order),
};

export class OpenOrders {
  readonly #resting = new Queues(RESTING);
  readonly #conditional = new Queues(CONDITIONAL);

  /** Puts an order where its stage says that it waits, and among its account's open orders. */
  add(order: Order): void {
    this.#queuesOf(order)?.of(order.perp).add(order);
    order.account.orders.set(order.id, order);
  }

  /** Takes an order out, if it is there. */
  remove(order: Order): void {
    if (!order.account.orders.delete(order.id)) return;
    this.#queuesOf(order)?.of(order.perp).remove(order);
  }

  /** The resting order of a side that fills first. */
  best(perp: Perp, side: Side): Order | undefined {
    return this.#resting.find(perp)?.first(side === "buy" ? "down" : "up");
  }

  /** The order whose trigger a mark price moving this way reaches first. */
  nextTrigger(perp: Perp, approach: Approach): Order | undefined {
    return this.#conditional.find(perp)?.first(approach);
  }

  #queuesOf(order: Order): Queues | undefined {
    if (order.stage === "resting") return this.#resting;
    return order.stage === "waitingForTrigger" ? this.#conditional : undefined;
  }
}

/** One queue a coin. */
class Queues {
  readonly #waiting: Waiting;
  readonly #queues = new Map<number, PriceQueue>();

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  find(perp: Perp): PriceQueue | undefined {
    return this.#queues.get(perp.assetId);
  }

  of(perp: Perp): PriceQueue {
    const queue = this.#queues.get(perp.assetId) ?? new PriceQueue(this.#waiting);
    this.#queues.set(perp.assetId, queue);
    return queue;
  }
}
