/** What a candle must be, wherever it comes from, before it enters the archive. */
import type { CandleRow } from "#shared/columns.ts";
import { isAligned, type Timeframe } from "#shared/timeframe.ts";

/** Last ms that a `Date` can name: what is later is no time. */
const TIME_MS_MAX = 8.64e15;

/** Why a row cannot be a candle of this timeframe, in words; null when it can. */
export function candleProblem(row: CandleRow, timeframe: Timeframe): string | null {
  const { openTime, open, high, low, close, volume, trades } = row;
  if (!Number.isInteger(openTime) || openTime < 0 || openTime > TIME_MS_MAX) {
    return `${openTime} is no time`;
  }
  if (!isAligned(timeframe, openTime)) {
    const time = new Date(openTime).toISOString();
    return `no ${timeframe} candle opens at ${openTime} (${time})`;
  }
  if (![open, high, low, close, volume, trades].every(Number.isFinite)) {
    return "a value is not a finite number";
  }
  if (open <= 0 || high <= 0 || low <= 0 || close <= 0) return "a price is not above 0";
  if (high < low) return `high ${high} is below low ${low}`;
  if (open > high || open < low) return `open ${open} is outside of low ${low} and high ${high}`;
  if (close > high || close < low) {
    return `close ${close} is outside of low ${low} and high ${high}`;
  }
  if (volume < 0) return "the volume is below 0";
  if (trades < 0 || !Number.isInteger(trades)) return "the number of trades is no whole number";
  return null;
}

/** Highest funding rate of an hour (hyperliquid-docs, "Funding"), as a share of the notional. */
const FUNDING_RATE_MAX = 0.04;

/** Why it cannot be an hour's funding rate, in words; null when it can. */
export function fundingProblem(timeMs: number, rate: number): string | null {
  if (!Number.isInteger(timeMs) || timeMs < 0 || timeMs > TIME_MS_MAX) {
    return `${timeMs} is no time`;
  }
  if (!Number.isFinite(rate)) return "the rate is not a finite number";
  if (Math.abs(rate) > FUNDING_RATE_MAX) {
    return `${rate} is beyond the exchange's cap of ${FUNDING_RATE_MAX} an hour`;
  }
  return null;
}
