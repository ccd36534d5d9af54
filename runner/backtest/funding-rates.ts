/** The hourly funding rates of one coin, asked for hour by hour. */
import { cell, countUntil } from "#runner/backtest/tape.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { FundingColumns } from "#shared/snapshot.ts";
import { openTimeAt } from "#shared/timeframe.ts";

export class FundingRates {
  readonly #columns: FundingColumns;
  #next = 0;

  constructor(columns: FundingColumns) {
    this.#columns = columns;
  }

  /** Share of the notional at this hour, or undefined when it is not known. Hours are asked for in order. */
  at(hourMs: UnixMs): number | undefined {
    const { timeMs, rate, count } = this.#columns;
    while (this.#next < count && this.#hourOf(timeMs) < hourMs) this.#next += 1;
    const isKnown = this.#next < count && this.#hourOf(timeMs) === hourMs;
    return isKnown ? cell(rate, this.#next) : undefined;
  }

  /** What was written down from one moment to another, both included. */
  between(fromMs: UnixMs, toMs: UnixMs): readonly { timeMs: UnixMs; rate: number }[] {
    const { timeMs, rate } = this.#columns;
    const start = countUntil(timeMs, fromMs - 1);
    const length = Math.max(0, countUntil(timeMs, toMs) - start);
    return Array.from({ length }, (_, offset) => ({
      timeMs: cell(timeMs, start + offset),
      rate: cell(rate, start + offset),
    }));
  }

  /** The exchange writes an hour down some ms after it has begun. */
  #hourOf(timeMs: Float64Array): UnixMs {
    return openTimeAt("1h", cell(timeMs, this.#next));
  }
}
