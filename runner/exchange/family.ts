/** Orders that belong together: a parent with its take-profit and stop-loss, or the two of a position. */

import type { Order } from "#runner/exchange/orders.ts";

export class Family {
  /** Until it has filled; then, and for those of a position, the members stand alone. */
  parent: Order | undefined;
  /** The first of them that fills ends the others. */
  readonly members = new Set<Order>();

  constructor(parent: Order | undefined) {
    this.parent = parent;
    if (parent !== undefined) parent.family = this;
  }

  add(member: Order): void {
    this.members.add(member);
    member.family = this;
  }

  /** Puts a replacement where an order stood. */
  replace(old: Order, next: Order): void {
    if (this.parent === old) this.parent = next;
    if (this.members.delete(old)) this.members.add(next);
    next.family = this;
  }

  /** The members but this one, while they are open. */
  siblingsOf(order: Order): readonly Order[] {
    if (!this.members.has(order)) return [];
    return [...this.members].filter((each) => each !== order && each.status === "open");
  }
}

/** The children that a parent still answers for. */
export const childrenOf = (order: Order): readonly Order[] =>
  order.family?.parent === order
    ? [...order.family.members].filter(({ status }) => status === "open")
    : NONE;

const NONE: readonly Order[] = [];
