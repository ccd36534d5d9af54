/** A coin's context as `metaAndAssetCtxs` gives it, of what the candles and funding rates have told so far. */
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import { cell, countUntil, type Tape } from "#runner/backtest/tape.ts";
import { wireDecimal, wireRate } from "#runner/exchange/wire/decimal.ts";
import type { Coin } from "#shared/candle.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** What candles do not tell: no number, so that nobody reckons with one that was made up. */
export const UNKNOWN = "NaN";
const DAY_MS = TIMEFRAME_MS["1d"];

/** Mark, oracle and mid are the last close. */
export function contextToWire(exchange: BacktestExchange, coin: Coin) {
  const tape = exchange.tapeOf(coin);
  const { nowMs } = exchange.market;
  const price = tape === undefined ? Number.NaN : tape.last;
  const day = tape === undefined ? UNKNOWN_DAY : lastDay(tape, nowMs);
  const funding = exchange.funding.get(coin)?.between(0, nowMs).at(-1);
  return {
    funding: funding === undefined ? UNKNOWN : wireRate(funding.rate),
    openInterest: UNKNOWN,
    prevDayPx: told(day.price),
    dayNtlVlm: told(day.notional),
    premium: UNKNOWN,
    oraclePx: told(price),
    markPx: told(price),
    midPx: told(price),
    impactPxs: null,
    dayBaseVlm: told(day.volume),
  };
}

const told = (value: number): string => (Number.isNaN(value) ? UNKNOWN : wireDecimal(value));

const UNKNOWN_DAY = { price: Number.NaN, volume: Number.NaN, notional: Number.NaN };

/** Price a day ago, and what was traded since: candle by candle, at the closes. */
function lastDay({ series, lengthMs, next }: Tape, nowMs: number): typeof UNKNOWN_DAY {
  const { openTime, close, volume } = series.columns;
  const start = countUntil(openTime, nowMs - DAY_MS - lengthMs);
  if (start === 0) return UNKNOWN_DAY;
  const day = { price: cell(close, start - 1), volume: 0, notional: 0 };
  for (let index = start; index < next; index++) {
    day.volume += cell(volume, index);
    day.notional += cell(volume, index) * cell(close, index);
  }
  return day;
}
