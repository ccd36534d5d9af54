/** Fills that wait for the strategy to be told of them, in the order in which they happened. */
import type { Fill } from "#shared/order.ts";

export class UntoldFills {
  #fills: Fill[] = [];
  #next = 0;

  get isEmpty(): boolean {
    return this.#fills.length === 0;
  }

  put(fill: Fill): void {
    this.#fills.push(fill);
  }

  take(): Fill | undefined {
    const fill = this.#fills[this.#next];
    if (fill === undefined) return undefined;
    this.#next += 1;
    if (this.#next === this.#fills.length) {
      this.#fills = [];
      this.#next = 0;
    }
    return fill;
  }
}
