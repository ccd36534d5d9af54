/** Where a coin's base candles come from. */

import type { PerpRules } from "#runner/exchange/instruments.ts";
import type { Rows } from "#runner/exchange/market/rows.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Timeframe } from "#shared/timeframe.ts";

/** One hour's funding: `rate` is a ratio of the notional, longs pay when it is positive. */
export interface FundingRate {
  readonly timeMs: UnixMs;
  readonly rate: number;
}

export interface CoinSource {
  readonly rules: PerpRules;
  readonly timeframe: Timeframe;
  readonly rows: Rows;
  /** Traded in a usual day, in USDC: decides how deep the book is. */
  readonly dayNotional: number;
  /** Ascending; empty when nothing is known. */
  funding(fromMs: UnixMs, toMs: UnixMs): readonly FundingRate[];
  /** Makes sure that the row of this index is there, if the source has or can make it. */
  extendTo(index: number): void;
}

/** A whole market, and the exchange time at which it begins. */
export interface MarketSource {
  readonly startMs: UnixMs;
  readonly coins: ReadonlyMap<string, CoinSource>;
}
