/** A random walk per coin: the same seed gives the same walk, counted from its start. */

import {
  KNOWN_COINS,
  type PerpRules,
  rulesOf,
  type Temper,
  temperOf,
} from "#runner/exchange/instruments.ts";
import { FUNDING_BASELINE, FUNDING_DELAY_MS } from "#runner/exchange/market/funding-hours.ts";
import { Rows } from "#runner/exchange/market/rows.ts";
import type { CoinSource, FundingRate, MarketSource } from "#runner/exchange/market/source.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import { roundPrice } from "#shared/instrument.ts";
import { type Random, seededRandom, seedOf } from "#shared/random.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

/** Minutes that lie behind when the market starts: 30 days, so that longer timeframes have a past too. */
const HISTORY_MINUTES = 43_200;
/** Minutes held at most; the oldest half is forgotten when there are more. */
const ROWS_MAX = 400_000;

const BASE = "1m";
const BASE_MS = TIMEFRAME_MS[BASE];
const HOUR_MS = TIMEFRAME_MS["1h"];
const MINUTES_A_DAY = 1440;
const MINUTES_A_YEAR = 525_600;

/** Share of a minute's volatility by which a candle opens away from the close before it. */
const OPEN_GAP_SHARE = 0.15;
/** Share of a minute's volatility by which wicks reach beyond open and close. */
const WICK_SHARE = 0.35;
/** Spread of a minute's volume: standard deviation of its logarithm. */
const VOLUME_SPREAD = 0.5;
const FUNDING_SPREAD = 0.000_03;

/** Throws `UnknownCoinError` for a coin without a known temper. */
export function seededMarket(seed: number, coins: readonly Coin[], startMs: UnixMs): MarketSource {
  const sources = coins.map((coin): readonly [Coin, CoinSource] => {
    const temper = temperOf(coin);
    const rules = rulesOf(coin);
    if (temper === undefined || rules === undefined) throw new UnknownCoinError(coin, KNOWN_COINS);
    return [coin, new SeededSource({ seed: seedOf(`${seed} ${coin}`), rules, temper, startMs })];
  });
  return { startMs, coins: new Map(sources) };
}

class SeededSource implements CoinSource {
  readonly timeframe = BASE;
  readonly rules: PerpRules;
  readonly rows: Rows;
  readonly dayNotional: number;
  readonly #seed: number;
  readonly #random: Random;
  readonly #temper: Temper;
  #close: number;

  constructor(walk: {
    readonly seed: number;
    readonly rules: PerpRules;
    readonly temper: Temper;
    readonly startMs: UnixMs;
  }) {
    this.rules = walk.rules;
    this.dayNotional = walk.temper.dayNotional;
    this.#seed = walk.seed;
    this.#random = seededRandom(walk.seed);
    this.#temper = walk.temper;
    this.#close = walk.temper.price;
    const startMinute = openTimeAt(BASE, walk.startMs);
    this.rows = new Rows(startMinute - HISTORY_MINUTES * BASE_MS, BASE_MS);
  }

  extendTo(index: number): void {
    while (this.rows.end <= index) this.#step();
    if (this.rows.end - this.rows.begin > ROWS_MAX) this.rows.dropOldest(ROWS_MAX / 2);
  }

  funding(fromMs: UnixMs, toMs: UnixMs): readonly FundingRate[] {
    const rates: FundingRate[] = [];
    const first = Math.max(openTimeAt("1h", fromMs - FUNDING_DELAY_MS), this.rows.firstOpenMs);
    for (let hour = first; hour + FUNDING_DELAY_MS <= toMs; hour += HOUR_MS) {
      const timeMs = hour + FUNDING_DELAY_MS;
      if (timeMs >= fromMs) rates.push({ timeMs, rate: this.#fundingAt(hour) });
    }
    return rates;
  }

  #fundingAt(hourMs: UnixMs): number {
    const hour = Math.round((hourMs - this.rows.firstOpenMs) / HOUR_MS);
    const random = seededRandom(this.#seed ^ (hour + 1));
    if (random() < 0.5) return FUNDING_BASELINE;
    return Math.round((FUNDING_BASELINE + normal(random) * FUNDING_SPREAD) * 1e10) / 1e10;
  }

  #step(): void {
    const { yearVolatility, dayNotional } = this.#temper;
    const sigma = yearVolatility / Math.sqrt(MINUTES_A_YEAR);
    const random = this.#random;
    const move = normal(random);
    const opened = this.#close * Math.exp(normal(random) * sigma * OPEN_GAP_SHARE);
    const open = this.#rounded(opened, "nearest");
    const close = this.#rounded(open * Math.exp(move * sigma), "nearest");
    const reach = (): number => Math.exp(Math.abs(normal(random)) * sigma * WICK_SHARE);
    const high = Math.max(open, close, this.#rounded(Math.max(open, close) * reach(), "down"));
    const low = Math.min(open, close, this.#rounded(Math.min(open, close) / reach(), "up"));
    // Busy minutes are those that move.
    const activity = Math.exp(normal(random) * VOLUME_SPREAD) * (0.5 + Math.abs(move));
    const lots = 10 ** this.rules.sizeDecimals;
    const volume = (dayNotional / MINUTES_A_DAY / close) * activity;
    this.rows.push({
      open,
      high,
      low,
      close,
      volume: Math.max(1, Math.round(volume * lots)) / lots,
    });
    this.#close = close;
  }

  #rounded(price: number, rounding: "up" | "down" | "nearest"): number {
    return roundPrice(price, this.rules.sizeDecimals, rounding);
  }
}

/** A draw from the standard normal distribution (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
