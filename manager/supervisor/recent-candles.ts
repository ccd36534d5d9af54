/** The last candles that a run was given: what a crash is understood by. */
import type { Candle } from "#shared/candle.ts";

/** Candles kept of one run. */
export const CANDLES_KEPT = 100;

export class RecentCandles {
  readonly #candles: Candle[] = [];

  add(candles: readonly Candle[]): void {
    for (const candle of candles) this.#candles.push(candle);
    const tooMany = this.#candles.length - CANDLES_KEPT;
    if (tooMany > 0) this.#candles.splice(0, tooMany);
  }

  /** Oldest first. */
  all(): readonly Candle[] {
    return [...this.#candles];
  }
}
