/**
 * What the returns say. Annualised with 365 days, for the market never closes; a risk-free rate of 0.
 * Sharpe, Sortino, volatility, omega and value at risk are those of empyrical with `annualization=365`,
 * the ulcer index that of quantstats.
 */

import type { RunRecord } from "#runner/backtest/record.ts";
import { DAY_MS } from "#runner/backtest/stats/daily.ts";
import {
  type Figure,
  fewDailyReturns,
  fewDays,
  gated,
  missing,
} from "#runner/backtest/stats/figure.ts";
import {
  deviation,
  excessKurtosis,
  mean,
  quantile,
  skewness,
} from "#runner/backtest/stats/moments.ts";
import { normalCdf } from "#shared/normal.ts";

export const DAYS_PER_YEAR = 365;
/** Daily returns that vary by less are all the same but for the last binary digits. */
const SPREAD_MIN = 1e-12;
/** Share of the days in a tail. */
const TAIL = 0.05;

const STEADY = missing("all days went alike");
const NO_DAY_LOST = missing("no day lost");
const NO_BAD_TAIL = missing("the worst days lost nothing");
const NO_DRAWDOWN = missing("there was no drawdown");

/** Compound growth a year: `(final / capital) ^ (a year / the run's time) − 1`; −1 when all is lost. */
export function annualGrowth(growth: number, durationMs: number): Figure {
  const years = durationMs / (DAYS_PER_YEAR * DAY_MS);
  return gated(fewDays(durationMs / DAY_MS), () => Math.max(0, growth) ** (1 / years) - 1);
}

/** Growth a year over the deepest drawdown. */
export const calmar = (cagr: Figure, maxDrawdownRatio: number): Figure =>
  typeof cagr !== "number" ? cagr : maxDrawdownRatio === 0 ? NO_DRAWDOWN : cagr / maxDrawdownRatio;

export interface ReturnStats {
  readonly volatility: Figure;
  readonly sharpe: Figure;
  readonly sortino: Figure;
  readonly omega: Figure;
  readonly ulcer: Figure;
  readonly var95: Figure;
  readonly cvar95: Figure;
  readonly skew: Figure;
  readonly kurtosis: Figure;
  readonly tailRatio: Figure;
  readonly psr: Figure;
  readonly tStat: Figure;
}

/** Of daily returns. */
export function returnStats(returns: Float64Array): ReturnStats {
  const gate = fewDailyReturns(returns.length);
  const center = mean(returns);
  const spread = deviation(returns);
  const steady = gate ?? (spread < SPREAD_MIN ? STEADY : null);
  const year = Math.sqrt(DAYS_PER_YEAR);
  const ascending = returns.toSorted();
  return {
    volatility: gated(gate, () => spread * year),
    sharpe: gated(steady, () => (center / spread) * year),
    sortino: gated(gate, () => over(center * year, downside(returns))),
    omega: gated(gate, () => omega(returns)),
    ulcer: gated(gate, () => ulcerIndex(returns)),
    var95: gated(gate, () => quantile(ascending, TAIL)),
    cvar95: gated(gate, () => mean(ascending.subarray(0, tailLength(returns.length)))),
    skew: gated(steady, () => skewness(returns)),
    kurtosis: gated(steady, () => excessKurtosis(returns)),
    tailRatio: gated(gate, () => tailRatio(ascending)),
    psr: gated(steady, () => probabilisticSharpe(returns)),
    tStat: gated(steady, () => (center / spread) * Math.sqrt(returns.length)),
  };
}

const over = (value: number, below: number): Figure => (below === 0 ? NO_DAY_LOST : value / below);

/** Root of the mean square of what the days lost; days that won count as 0. */
function downside(returns: Float64Array): number {
  let squares = 0;
  for (const value of returns) squares += Math.min(value, 0) ** 2;
  return Math.sqrt(squares / returns.length);
}

/** What the days won over what they lost. */
function omega(returns: Float64Array): Figure {
  let [won, lost] = [0, 0];
  for (const value of returns) {
    if (value > 0) won += value;
    else lost -= value;
  }
  return over(won, lost);
}

/** Root of the sum of squared daily drawdowns over n − 1. */
function ulcerIndex(returns: Float64Array): number {
  let [value, peak, squares] = [1, 1, 0];
  for (const change of returns) {
    value *= 1 + change;
    peak = Math.max(peak, value);
    squares += (1 - value / peak) ** 2;
  }
  return Math.sqrt(squares / (returns.length - 1));
}

/** Days in the worst tail, as empyrical counts them. */
const tailLength = (days: number): number => Math.floor((days - 1) * TAIL) + 1;

function tailRatio(ascending: Float64Array): Figure {
  const worst = Math.abs(quantile(ascending, TAIL));
  return worst === 0 ? NO_BAD_TAIL : Math.abs(quantile(ascending, 1 - TAIL)) / worst;
}

/**
 * Probability that the true Sharpe ratio is above 0 (Bailey and López de Prado 2012, "The Sharpe ratio
 * efficient frontier", eq. 11; kurtosis of a normal distribution 3). quantstats puts the excess kurtosis
 * into the formula of the plain one, so it differs in the fourth digit.
 */
function probabilisticSharpe(returns: Float64Array): number {
  const sharpe = mean(returns) / deviation(returns);
  const kurtosis = excessKurtosis(returns) + 3;
  const variance = 1 - skewness(returns) * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
  return normalCdf((sharpe * Math.sqrt(returns.length - 1)) / Math.sqrt(variance));
}

export interface DayCounts {
  readonly daysUp: number;
  readonly daysFlat: number;
  readonly daysDown: number;
  readonly bestDayRatio: Figure;
  readonly worstDayRatio: Figure;
}

export function dayCounts(returns: Float64Array): DayCounts {
  let [up, down, best, worst] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const value of returns) {
    if (value > 0) up += 1;
    else if (value < 0) down += 1;
    best = Math.max(best, value);
    worst = Math.min(worst, value);
  }
  const none = returns.length === 0 ? missing("no candle closed") : null;
  return {
    daysUp: up,
    daysFlat: returns.length - up - down,
    daysDown: down,
    bestDayRatio: gated(none, () => best),
    worstDayRatio: gated(none, () => worst),
  };
}

export interface AgainstHold {
  readonly buyHoldRatio: Figure;
  readonly alpha: Figure;
  readonly beta: Figure;
}

/**
 * Against buying and holding: beta is the covariance of the log returns of the steps over the variance
 * of buy-and-hold's; alpha what the run returned beyond beta times its return. As backtesting.py has it.
 */
export function againstHold({ equity, hold, capital }: RunRecord, days: number): AgainstHold {
  const last = hold.at(-1);
  if (last === undefined || !Number.isFinite(last)) {
    const none = missing("there is no price to hold");
    return { buyHoldRatio: none, alpha: none, beta: none };
  }
  const buyHoldRatio = last - 1;
  const returnRatio = (equity.at(-1) ?? capital) / capital - 1;
  const beta = gated(fewDailyReturns(days), () => logBeta(equity, hold));
  const alpha = typeof beta === "number" ? returnRatio - beta * buyHoldRatio : beta;
  return { buyHoldRatio, alpha, beta };
}

/** One pass: sums of the log returns, of their squares and products. */
function logBeta(equity: Float64Array, hold: Float64Array): Figure {
  const n = equity.length - 1;
  let [own, market, product, square] = [0, 0, 0, 0];
  let ownBefore = Math.log(equity[0] ?? 0);
  let marketBefore = Math.log(hold[0] ?? 0);
  for (let step = 1; step <= n; step++) {
    const ownNow = Math.log(equity[step] ?? 0);
    const marketNow = Math.log(hold[step] ?? 0);
    const a = ownNow - ownBefore;
    const b = marketNow - marketBefore;
    own += a;
    market += b;
    product += a * b;
    square += b * b;
    ownBefore = ownNow;
    marketBefore = marketNow;
  }
  if (!Number.isFinite(own)) return missing("the account was worth nothing");
  const variance = square - (market * market) / n;
  if (variance <= 0) return missing("the price did not move");
  return (product - (own * market) / n) / variance;
}
