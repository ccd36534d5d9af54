/** What the closed round trips say. A trip won when its profit, net of fees and funding, is above 0. */
import { type Figure, fewTrades, gated, missing } from "#runner/backtest/stats/figure.ts";
import { deviation, mean, quantile, sum } from "#runner/backtest/stats/moments.ts";
import type { BacktestTrade } from "#shared/backtest.ts";

export interface TradeStats {
  readonly winRate: Figure;
  readonly profitFactor: Figure;
  readonly expectancy: Figure;
  readonly sqn: Figure;
  readonly kelly: Figure;
  readonly payoff: Figure;
  readonly bestTradeRatio: Figure;
  readonly worstTradeRatio: Figure;
  readonly avgTradeRatio: Figure;
  readonly avgWin: Figure;
  readonly medianWin: Figure;
  readonly avgLoss: Figure;
  readonly medianLoss: Figure;
  readonly avgHoldingMs: Figure;
  readonly avgWinHoldingMs: Figure;
  readonly avgLossHoldingMs: Figure;
  readonly maxHoldingMs: Figure;
}

export interface TradeCounts {
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
  /** In a row, in the order in which they ended. */
  readonly maxConsecutiveWins: number;
  readonly maxConsecutiveLosses: number;
}

const NO_TRADE = missing("no trade was closed");
const NO_WIN = missing("no trade won");
const NO_LOSS = missing("no trade lost");

export function tradeStats(trades: readonly BacktestTrade[]): TradeStats {
  const pnl = column(trades, (trade) => trade.pnl);
  const wins = trades.filter((trade) => trade.pnl > 0);
  const losses = trades.filter((trade) => trade.pnl < 0);
  const won = column(wins, (trade) => trade.pnl);
  const lost = column(losses, (trade) => -trade.pnl);
  const ratios = column(trades, (trade) => trade.returnRatio);
  const gate = fewTrades(trades.length);
  const winRate = wins.length / trades.length;
  const payoff = mean(won) / mean(lost);
  const oneSided = wins.length === 0 ? NO_WIN : losses.length === 0 ? NO_LOSS : null;
  return {
    winRate: gated(gate, () => winRate),
    profitFactor: gated(gate, () => (losses.length === 0 ? NO_LOSS : sum(won) / sum(lost))),
    expectancy: gated(gate, () => mean(pnl)),
    sqn: gated(gate, () => systemQuality(pnl)),
    kelly: gated(gate ?? oneSided, () => winRate - (1 - winRate) / payoff),
    payoff: gated(gate ?? oneSided, () => payoff),
    bestTradeRatio: of(ratios, NO_TRADE, (values) => values.reduce((a, b) => Math.max(a, b))),
    worstTradeRatio: of(ratios, NO_TRADE, (values) => values.reduce((a, b) => Math.min(a, b))),
    avgTradeRatio: of(ratios, NO_TRADE, mean),
    avgWin: of(won, NO_WIN, mean),
    medianWin: of(won, NO_WIN, median),
    avgLoss: of(lost, NO_LOSS, mean),
    medianLoss: of(lost, NO_LOSS, median),
    avgHoldingMs: of(column(trades, holdingMs), NO_TRADE, mean),
    avgWinHoldingMs: of(column(wins, holdingMs), NO_WIN, mean),
    avgLossHoldingMs: of(column(losses, holdingMs), NO_LOSS, mean),
    maxHoldingMs: of(column(trades, holdingMs), NO_TRADE, (values) =>
      values.reduce((a, b) => Math.max(a, b)),
    ),
  };
}

export function tradeCounts(trades: readonly BacktestTrade[]): TradeCounts {
  const counts = { wins: 0, draws: 0, losses: 0, maxConsecutiveWins: 0, maxConsecutiveLosses: 0 };
  let [won, lost] = [0, 0];
  for (const { pnl } of trades) {
    won = pnl > 0 ? won + 1 : 0;
    lost = pnl < 0 ? lost + 1 : 0;
    counts.wins += pnl > 0 ? 1 : 0;
    counts.losses += pnl < 0 ? 1 : 0;
    counts.draws += pnl === 0 ? 1 : 0;
    counts.maxConsecutiveWins = Math.max(counts.maxConsecutiveWins, won);
    counts.maxConsecutiveLosses = Math.max(counts.maxConsecutiveLosses, lost);
  }
  return counts;
}

/** Van Tharp's system quality number: √n · mean / deviation. */
function systemQuality(pnl: Float64Array): Figure {
  const spread = deviation(pnl);
  if (spread === 0) return missing("all trades ended alike");
  return (Math.sqrt(pnl.length) * mean(pnl)) / spread;
}

const holdingMs = (trade: BacktestTrade): number => trade.exitTime - trade.entryTime;

const median = (values: Float64Array): number => quantile(values.toSorted(), 0.5);

function column(
  trades: readonly BacktestTrade[],
  value: (trade: BacktestTrade) => number,
): Float64Array {
  const values = new Float64Array(trades.length);
  for (const [index, trade] of trades.entries()) values[index] = value(trade);
  return values;
}

const of = (
  values: Float64Array,
  none: Figure,
  compute: (values: Float64Array) => number,
): Figure => (values.length === 0 ? none : compute(values));
