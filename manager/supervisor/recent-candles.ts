/** The last candles that a run was given: what a crash is understood by. */
import type { Candle } from "#shared/candle.ts";

/** Candles kept of one run. */
export const CANDLES_KEPT = 100;

export class RecentCandles {
  #candles: readonly Candle[] = [];

  add(candles: readonly Candle[]): void {
    this.#candles = [...this.#candles, ...candles].slice(-CANDLES_KEPT);
  }

  /** Oldest first. */
  all(): readonly Candle[] {
    return this.#candles;
  }
}
