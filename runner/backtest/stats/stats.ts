/** All statistics of a run. */
import type { RunRecord } from "#runner/backtest/record.ts";
import { DAY_MS, type Daily } from "#runner/backtest/stats/daily.ts";
import { type Drawdowns, drawdowns } from "#runner/backtest/stats/drawdowns.ts";
import { type Figure, missing, Notes } from "#runner/backtest/stats/figure.ts";
import {
  type AgainstHold,
  againstHold,
  annualGrowth,
  calmar,
  type DayCounts,
  dayCounts,
  type ReturnStats,
  returnStats,
} from "#runner/backtest/stats/return-stats.ts";
import type { RoundTrips } from "#runner/backtest/stats/round-trips.ts";
import {
  type TradeStats,
  type TradeSums,
  tradeRatios,
  tradeStats,
  tradeSums,
} from "#runner/backtest/stats/trade-stats.ts";
import type { BacktestStats, BacktestTrade, MoreStats, TradesPart } from "#shared/backtest.ts";
import type { UnixMs } from "#shared/clock.ts";

/** A run with what was made of it already. */
export interface Run {
  readonly record: RunRecord;
  readonly trips: RoundTrips;
  readonly daily: Daily;
  /** First ms of the first candle that was decided on: when the capital was there. */
  readonly startMs: UnixMs;
}

export interface Statistics {
  readonly stats: BacktestStats;
  readonly more: MoreStats;
  /** Why a figure is null, by its key. */
  readonly notes: Readonly<Record<string, string>>;
}

const NEVER_BELOW = missing("there was no drawdown");
const NO_TIME = missing("no candle closed");

export function statisticsOf(run: Run): Statistics {
  const { record, trips, daily, startMs } = run;
  const sums = tradeSums(trips.closed);
  const parts: Parts = {
    durationMs: durationMsOf(run),
    down: drawdowns(record, startMs),
    days: dayCounts(daily.returns),
    year: returnStats(daily.returns),
    trade: tradeStats(trips.closed, sums),
    sums,
    hold: againstHold(record, daily.returns.length),
    turnover: total(record.fills, ({ size, price }) => size * price) / record.capital,
  };
  const notes = new Notes();
  const stats = mainStats(run, parts, notes);
  return { stats, more: moreStats(run, parts, notes), notes: notes.byKey };
}

interface Parts {
  readonly durationMs: number;
  readonly down: Drawdowns;
  readonly days: DayCounts;
  readonly year: ReturnStats;
  readonly trade: TradeStats;
  readonly sums: TradeSums;
  readonly hold: AgainstHold;
  readonly turnover: number;
}

/** Statistics of some of the closed trades. */
export function partOf(trades: readonly BacktestTrade[]): TradesPart {
  const sums = tradeSums(trades);
  const { winRate, profitFactor, avgTradeRatio } = tradeRatios(sums);
  const quiet = new Notes();
  return {
    trades: trades.length,
    pnl: sums.won - sums.lost,
    winRate: quiet.value("winRate", winRate),
    profitFactor: quiet.value("profitFactor", profitFactor),
    avgTradeRatio: quiet.value("avgTradeRatio", avgTradeRatio),
  };
}

/** From the first candle's open to the last one's close. */
export const durationMsOf = ({ record, startMs }: Run): number =>
  (record.timeMs.at(-1) ?? startMs) - startMs;

function mainStats({ record, trips }: Run, parts: Parts, notes: Notes): BacktestStats {
  const { down, year, trade, hold } = parts;
  const finalEquity = record.equity.at(-1) ?? record.capital;
  const cagr = annualGrowth(finalEquity / record.capital, parts.durationMs);
  const value = (key: string, figure: Figure): number | null => notes.value(key, figure);
  return {
    finalEquity,
    peakEquity: down.peakEquity,
    returnRatio: finalEquity / record.capital - 1,
    buyHoldRatio: value("buyHoldRatio", hold.buyHoldRatio),
    cagr: value("cagr", cagr),
    volatility: value("volatility", year.volatility),
    sharpe: value("sharpe", year.sharpe),
    sortino: value("sortino", year.sortino),
    calmar: value("calmar", calmar(cagr, down.maxRatio)),
    maxDrawdownRatio: down.maxRatio,
    avgDrawdownRatio: value("avgDrawdownRatio", down.maxRatio === 0 ? NEVER_BELOW : down.avgRatio),
    maxDrawdownMs: down.maxMs,
    omega: value("omega", year.omega),
    ulcer: value("ulcer", year.ulcer),
    var95: value("var95", year.var95),
    cvar95: value("cvar95", year.cvar95),
    trades: trips.closed.length,
    winRate: value("winRate", trade.winRate),
    profitFactor: value("profitFactor", trade.profitFactor),
    expectancy: value("expectancy", trade.expectancy),
    sqn: value("sqn", trade.sqn),
    kelly: value("kelly", trade.kelly),
    bestTradeRatio: value("bestTradeRatio", trade.bestTradeRatio),
    worstTradeRatio: value("worstTradeRatio", trade.worstTradeRatio),
    avgTradeRatio: value("avgTradeRatio", trade.avgTradeRatio),
    exposureRatio: shareOfOnes(record.exposed),
    fees: total(record.fills, (fill) => fill.fee),
    funding: total(record.fundings, (funding) => funding.paid),
    turnover: parts.turnover,
    maxConsecutiveLosses: parts.sums.maxConsecutiveLosses,
    ambiguousCandles: record.ambiguous.length,
  };
}

function moreStats({ record, trips }: Run, parts: Parts, notes: Notes): MoreStats {
  const { durationMs, down, days, year, trade, sums, hold } = parts;
  const perDay = (count: number): Figure =>
    durationMs > 0 ? (count / durationMs) * DAY_MS : NO_TIME;
  const value = (key: string, figure: Figure): number | null => notes.value(key, figure);
  return {
    durationMs,
    avgDrawdownMs: value("avgDrawdownMs", down.maxRatio === 0 ? NEVER_BELOW : down.avgMs),
    underwaterRatio: down.underwaterRatio,
    bestDayRatio: value("bestDayRatio", days.bestDayRatio),
    worstDayRatio: value("worstDayRatio", days.worstDayRatio),
    daysUp: days.daysUp,
    daysFlat: days.daysFlat,
    daysDown: days.daysDown,
    skew: value("skew", year.skew),
    kurtosis: value("kurtosis", year.kurtosis),
    tailRatio: value("tailRatio", year.tailRatio),
    psr: value("psr", year.psr),
    tStat: value("tStat", year.tStat),
    alpha: value("alpha", hold.alpha),
    beta: value("beta", hold.beta),
    slippage: total(record.fills, (fill) => fill.slippage),
    wins: sums.wins,
    draws: sums.draws,
    losses: sums.losses,
    avgWin: value("avgWin", trade.avgWin),
    medianWin: value("medianWin", trade.medianWin),
    avgLoss: value("avgLoss", trade.avgLoss),
    medianLoss: value("medianLoss", trade.medianLoss),
    payoff: value("payoff", trade.payoff),
    maxConsecutiveWins: sums.maxConsecutiveWins,
    avgHoldingMs: value("avgHoldingMs", trade.avgHoldingMs),
    avgWinHoldingMs: value("avgWinHoldingMs", trade.avgWinHoldingMs),
    avgLossHoldingMs: value("avgLossHoldingMs", trade.avgLossHoldingMs),
    maxHoldingMs: value("maxHoldingMs", trade.maxHoldingMs),
    tradesPerDay: value("tradesPerDay", perDay(trips.closed.length)),
    turnoverPerDay: value("turnoverPerDay", perDay(parts.turnover)),
  };
}

function shareOfOnes(flags: Uint8Array): number {
  let ones = 0;
  for (const flag of flags) ones += flag;
  return flags.length === 0 ? 0 : ones / flags.length;
}

function total<Item>(items: readonly Item[], value: (item: Item) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}
