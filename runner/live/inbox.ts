/** What the manager sent and no hook has seen yet. */
import { type Candle, type FeedKey, feedKey, type Gap } from "#shared/candle.ts";
import type { ToChild } from "#shared/child-message.ts";
import type { Fill } from "#shared/order.ts";

export type Batch = Extract<ToChild, { kind: "candles" }>;

export type FillItem = Extract<ToChild, { kind: "fill" }>;

export type Item =
  | Batch
  | FillItem
  | { readonly kind: "gap"; readonly gap: Gap }
  /** Of the simulated exchange in this process: nobody is told that it is done. */
  | { readonly kind: "paper-fill"; readonly fill: Fill }
  | { readonly kind: "forming"; readonly candle: Candle };

/**
 * Closed candles, fills and gaps wait in the order in which they came and are never dropped. Of each feed's
 * open candle only the latest waits, behind them, and not after that candle has closed.
 */
export class Inbox {
  #ordered: Exclude<Item, { kind: "forming" }>[] = [];
  #nextOrdered = 0;
  readonly #forming = new Map<FeedKey, Candle>();

  put(item: Item): void {
    if (item.kind === "forming") {
      this.#forming.set(feedKey(item.candle), item.candle);
      return;
    }
    this.#ordered.push(item);
    if (item.kind === "candles") for (const candle of item.candles) this.#dropClosed(candle);
  }

  /** Puts a fill before all that waits but such fills that wait in front. */
  putPaperFillNext(fill: Fill): void {
    let place = this.#nextOrdered;
    while (this.#ordered[place]?.kind === "paper-fill") place += 1;
    this.#ordered.splice(place, 0, { kind: "paper-fill", fill });
  }

  /** Takes such a fill if one waits in front. */
  takePaperFill(): Fill | undefined {
    const item = this.#ordered[this.#nextOrdered];
    if (item?.kind !== "paper-fill") return undefined;
    this.take();
    return item.fill;
  }

  take(): Item | undefined {
    const item = this.#ordered[this.#nextOrdered];
    if (item === undefined) return this.#takeForming();
    this.#nextOrdered += 1;
    if (this.#nextOrdered === this.#ordered.length) {
      this.#ordered = [];
      this.#nextOrdered = 0;
    }
    return item;
  }

  #takeForming(): Item | undefined {
    for (const [key, candle] of this.#forming) {
      this.#forming.delete(key);
      return { kind: "forming", candle };
    }
    return undefined;
  }

  #dropClosed(closed: Candle): void {
    const forming = this.#forming.get(feedKey(closed));
    if (forming !== undefined && forming.openTime <= closed.openTime) {
      this.#forming.delete(feedKey(closed));
    }
  }
}

/** Runs of candles with one close time, of candles in delivery order. */
export function* byCloseTime(candles: readonly Candle[]): Generator<readonly Candle[]> {
  let start = 0;
  for (let end = 1; end <= candles.length; end++) {
    if (candles[end]?.closeTime === candles[start]?.closeTime) continue;
    yield candles.slice(start, end);
    start = end;
  }
}
