/** Hourly funding of a recorded market; hours that were not recorded pay the exchange's baseline. */

import type { Rows } from "#runner/exchange/market/rows.ts";
import type { FundingRate } from "#runner/exchange/market/source.ts";
import type { UnixMs } from "#shared/clock.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

const HOUR_MS = TIMEFRAME_MS["1h"];
/** Funding is stamped some ms past its hour. */
export const FUNDING_DELAY_MS = 27;
/** Hyperliquid's baseline an hour; about half of all hours pay exactly this. */
export const FUNDING_BASELINE = 0.000_012_5;

export class FundingHours {
  readonly #rows: Rows;
  /** By the hour's start. */
  readonly #recorded: ReadonlyMap<UnixMs, FundingRate>;

  constructor(rows: Rows, recorded: readonly FundingRate[]) {
    this.#rows = rows;
    this.#recorded = new Map(
      recorded.map((rate) => [openTimeAt("1h", rate.timeMs), rate] as const),
    );
  }

  /** Of the hours in a range of time, ascending. */
  between(fromMs: UnixMs, toMs: UnixMs): readonly FundingRate[] {
    const rates: FundingRate[] = [];
    const { firstOpenMs, end } = this.#rows;
    // Nobody pays in a market that has halted.
    const lastMs = Math.min(toMs, this.#rows.openTimeOf(end));
    let hourMs = openTimeAt("1h", Math.max(fromMs, firstOpenMs));
    for (; hourMs <= lastMs; hourMs += HOUR_MS) {
      const baseline = { timeMs: hourMs + FUNDING_DELAY_MS, rate: FUNDING_BASELINE };
      const rate = this.#recorded.get(hourMs) ?? baseline;
      if (rate.timeMs >= fromMs && rate.timeMs <= toMs) rates.push(rate);
    }
    return rates;
  }
}
