/** The closed candles of one feed that are kept in memory, to warm up the strategies that take it. */
import { assert } from "#shared/assert.ts";
import type { Candle } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";

export class History {
  /** By open time. */
  #candles: Candle[] = [];
  #fromMs: UnixMs | null = null;

  /** Open time from which on all that the exchange has is here; null before the first rows. */
  get fromMs(): UnixMs | null {
    return this.#fromMs;
  }

  get length(): number {
    return this.#candles.length;
  }

  covers(fromMs: UnixMs): boolean {
    return this.#fromMs !== null && this.#fromMs <= fromMs;
  }

  /** Puts all candles of the exchange from `fromMs` on before those that are here. */
  prepend(candles: readonly Candle[], fromMs: UnixMs): void {
    const first = this.#candles[0];
    const older =
      first === undefined ? candles : candles.filter((candle) => candle.openTime < first.openTime);
    this.#candles = [...older, ...this.#candles];
    this.#fromMs = Math.min(fromMs, this.#fromMs ?? fromMs);
  }

  append(candle: Candle): void {
    const last = this.#candles.at(-1);
    assert(last === undefined || last.openTime < candle.openTime, "history grows forwards");
    this.#candles.push(candle);
  }

  /** Replaces a candle that the exchange has corrected. */
  revise(candle: Candle): void {
    const index = this.#indexOf(candle.openTime);
    if (this.#candles[index]?.openTime === candle.openTime) this.#candles[index] = candle;
  }

  /** The candles that open at or after `fromMs` and before `untilMs`. */
  between(fromMs: UnixMs, untilMs: UnixMs): readonly Candle[] {
    return this.#candles.slice(this.#indexOf(fromMs), this.#indexOf(untilMs));
  }

  /** Lets go of all but the last `count`. */
  trim(count: number): void {
    // In blocks: a shift of the whole for each candle would cost more than the memory is worth.
    if (this.#candles.length <= count * 2) return;
    this.#candles = this.#candles.slice(-count);
    this.#fromMs = this.#candles[0]?.openTime ?? this.#fromMs;
  }

  /** Index of the first candle that opens at or after `openTimeMs`. */
  #indexOf(openTimeMs: UnixMs): number {
    let low = 0;
    let high = this.#candles.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#candles[middle]?.openTime ?? Number.POSITIVE_INFINITY) < openTimeMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
