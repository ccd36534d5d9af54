/** Trading fees of perps, by what an account has traded lately. */
import { truncateUsdc } from "#runner/exchange/rounding.ts";
import type { UnixMs } from "#shared/clock.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** Share of the notional. */
export interface FeeRates {
  readonly taker: number;
  readonly maker: number;
}

/** Rates from a volume in USDC on. */
export interface FeeTier extends FeeRates {
  readonly volume: number;
}

/** Hyperliquid's rates without volume, staking or referral discounts (its docs, "Fees"). */
export const BASE_FEES: FeeRates = { taker: 0.000_45, maker: 0.000_15 };

/** Rising. The exchange weighs spot volume double; here are perps alone. */
export const FEE_TIERS: readonly FeeTier[] = [
  { volume: 0, ...BASE_FEES },
  { volume: 5e6, taker: 0.0004, maker: 0.000_12 },
  { volume: 25e6, taker: 0.000_35, maker: 0.000_08 },
  { volume: 100e6, taker: 0.0003, maker: 0.000_04 },
  { volume: 500e6, taker: 0.000_28, maker: 0 },
  { volume: 2e9, taker: 0.000_26, maker: 0 },
  { volume: 7e9, taker: 0.000_24, maker: 0 },
];

/** The fee of a fill in USDC (0.00484583 is charged as 0.004845). */
export const feeOf = (notional: number, rate: number): number => truncateUsdc(notional * rate);

/** The rates at which a volume of the counted days, in USDC, trades. */
export const ratesOf = (volume: number): FeeRates =>
  FEE_TIERS.findLast((tier) => volume > tier.volume) ?? BASE_FEES;

const DAY_MS = TIMEFRAME_MS["1d"];
/** Days that decide, before today: tiers are settled at the end of each UTC day. */
const DAYS_COUNTED = 14;

/** What an account has traded a day, and the rates that follow from it. */
export class FeeMeter {
  /** USDC by UTC day since the epoch. */
  readonly #days = new Map<number, number>();
  #today = Number.NEGATIVE_INFINITY;
  #tradedToday = 0;
  #rates: FeeRates = BASE_FEES;

  ratesAt(nowMs: UnixMs): FeeRates {
    const day = Math.floor(nowMs / DAY_MS);
    if (day !== this.#today) this.#begin(day);
    return this.#rates;
  }

  /** Counts a fill; `ratesAt` has been asked for the same moment. */
  add(notional: number): void {
    this.#tradedToday += notional;
  }

  #begin(day: number): void {
    if (this.#tradedToday > 0) this.#days.set(this.#today, this.#tradedToday);
    this.#today = day;
    this.#tradedToday = 0;
    let volume = 0;
    for (const [past, traded] of this.#days) {
      if (past < day - DAYS_COUNTED) this.#days.delete(past);
      else volume += traded;
    }
    this.#rates = ratesOf(volume);
  }
}
