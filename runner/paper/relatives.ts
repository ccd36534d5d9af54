/** Orders that belong together, written down by a number that they share. */
import { Family } from "#runner/exchange/family.ts";
import type { Order } from "#runner/exchange/orders.ts";
import type { StoredOrder } from "#runner/paper/stored.ts";

export class Relatives {
  /** The first order that was written down of each. */
  readonly #ids = new WeakMap<Family, number>();

  /** An order's place in its family, to be written with it. */
  placeOf({ family, id, ...order }: Order): StoredOrder["family"] {
    if (family === undefined || order.status !== "open") return undefined;
    const known = this.#ids.get(family) ?? id;
    this.#ids.set(family, known);
    return { id: known, isParent: family.parent?.id === id };
  }

  /** An order and the open ones whose state its fate decides. */
  of(order: Order): readonly Order[] {
    const { family } = order;
    if (family === undefined) return [order];
    const others = [family.parent, ...family.members].filter((other) => other !== undefined);
    return [order, ...others.filter((other) => other !== order && other.status === "open")];
  }

  /** Puts open orders back among their relatives. */
  restore(orders: readonly (readonly [Order, StoredOrder["family"]])[]): void {
    const families = new Map<number, Family>();
    for (const [order, place] of orders) {
      if (place === undefined || order.status !== "open") continue;
      const family = families.get(place.id) ?? new Family(undefined);
      families.set(place.id, family);
      this.#ids.set(family, place.id);
      if (place.isParent) {
        family.parent = order;
        order.family = family;
      } else {
        family.add(order);
      }
    }
  }
}
