/** What the closed round trips say. A trip won when its profit, net of fees and funding, is above 0. */
import { type Figure, fewTrades, gated, missing } from "#runner/backtest/stats/figure.ts";
import { deviation, mean, quantile } from "#runner/backtest/stats/moments.ts";
import type { BacktestTrade } from "#shared/backtest.ts";

/** Counts and sums of trades, taken in one pass. Money in USDC. */
export interface TradeSums {
  readonly trades: number;
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
  /** What the winners won, and the losers lost. */
  readonly won: number;
  readonly lost: number;
  readonly returnRatios: number;
  /** In a row, in the order in which they ended. */
  readonly maxConsecutiveWins: number;
  readonly maxConsecutiveLosses: number;
}

export function tradeSums(trades: readonly BacktestTrade[]): TradeSums {
  const count = { wins: 0, losses: 0, won: 0, lost: 0, returnRatios: 0 };
  const most = { maxConsecutiveWins: 0, maxConsecutiveLosses: 0 };
  let [winsInRow, lossesInRow] = [0, 0];
  for (const { pnl, returnRatio } of trades) {
    count.returnRatios += returnRatio;
    winsInRow = pnl > 0 ? winsInRow + 1 : 0;
    lossesInRow = pnl < 0 ? lossesInRow + 1 : 0;
    if (pnl > 0) {
      count.wins += 1;
      count.won += pnl;
    } else if (pnl < 0) {
      count.losses += 1;
      count.lost -= pnl;
    }
    most.maxConsecutiveWins = Math.max(most.maxConsecutiveWins, winsInRow);
    most.maxConsecutiveLosses = Math.max(most.maxConsecutiveLosses, lossesInRow);
  }
  const draws = trades.length - count.wins - count.losses;
  return { trades: trades.length, draws, ...count, ...most };
}

export interface TradeRatios {
  readonly winRate: Figure;
  readonly profitFactor: Figure;
  readonly avgTradeRatio: Figure;
}

const NO_TRADE = missing("no trade was closed");
const NO_WIN = missing("no trade won");
const NO_LOSS = missing("no trade lost");

export function tradeRatios({
  trades,
  wins,
  losses,
  won,
  lost,
  returnRatios,
}: TradeSums): TradeRatios {
  const gate = fewTrades(trades);
  return {
    winRate: gated(gate, () => wins / trades),
    profitFactor: gated(gate, () => (losses === 0 ? NO_LOSS : won / lost)),
    avgTradeRatio: trades === 0 ? NO_TRADE : returnRatios / trades,
  };
}

export interface TradeStats extends TradeRatios {
  readonly expectancy: Figure;
  readonly sqn: Figure;
  readonly kelly: Figure;
  /** Average win over average loss. */
  readonly payoff: Figure;
  readonly bestTradeRatio: Figure;
  readonly worstTradeRatio: Figure;
  readonly avgWin: Figure;
  readonly medianWin: Figure;
  readonly avgLoss: Figure;
  readonly medianLoss: Figure;
  readonly avgHoldingMs: Figure;
  readonly avgWinHoldingMs: Figure;
  readonly avgLossHoldingMs: Figure;
  readonly maxHoldingMs: Figure;
}

export function tradeStats(trades: readonly BacktestTrade[], sums: TradeSums): TradeStats {
  const pnl = column(trades, (trade) => trade.pnl);
  const ratios = column(trades, (trade) => trade.returnRatio);
  const held = column(trades, holdingMs);
  const gate = fewTrades(trades.length);
  const oneSided = sums.wins === 0 ? NO_WIN : sums.losses === 0 ? NO_LOSS : null;
  const winRate = sums.wins / sums.trades;
  const payoff = sums.won / sums.wins / (sums.lost / sums.losses);
  return {
    ...tradeRatios(sums),
    expectancy: gated(gate, () => mean(pnl)),
    sqn: gated(gate, () => systemQuality(pnl)),
    kelly: gated(gate ?? oneSided, () => winRate - (1 - winRate) / payoff),
    payoff: gated(gate ?? oneSided, () => payoff),
    bestTradeRatio: of(ratios, NO_TRADE, greatest),
    worstTradeRatio: of(ratios, NO_TRADE, (values) => -greatest(values.map((value) => -value))),
    ...winnerStats(trades.filter((trade) => trade.pnl > 0)),
    ...loserStats(trades.filter((trade) => trade.pnl < 0)),
    avgHoldingMs: of(held, NO_TRADE, mean),
    maxHoldingMs: of(held, NO_TRADE, greatest),
  };
}

function winnerStats(
  winners: readonly BacktestTrade[],
): Pick<TradeStats, "avgWin" | "medianWin" | "avgWinHoldingMs"> {
  const won = column(winners, (trade) => trade.pnl);
  return {
    avgWin: of(won, NO_WIN, mean),
    medianWin: of(won, NO_WIN, median),
    avgWinHoldingMs: of(column(winners, holdingMs), NO_WIN, mean),
  };
}

/** What was lost is above 0. */
function loserStats(
  losers: readonly BacktestTrade[],
): Pick<TradeStats, "avgLoss" | "medianLoss" | "avgLossHoldingMs"> {
  const lost = column(losers, (trade) => -trade.pnl);
  return {
    avgLoss: of(lost, NO_LOSS, mean),
    medianLoss: of(lost, NO_LOSS, median),
    avgLossHoldingMs: of(column(losers, holdingMs), NO_LOSS, mean),
  };
}

/** Van Tharp's system quality number: √n · mean / deviation. */
function systemQuality(pnl: Float64Array): Figure {
  const spread = deviation(pnl);
  if (spread === 0) return missing("all trades ended alike");
  return (Math.sqrt(pnl.length) * mean(pnl)) / spread;
}

const holdingMs = (trade: BacktestTrade): number => trade.exitTime - trade.entryTime;

const median = (values: Float64Array): number => quantile(values.toSorted(), 0.5);

const greatest = (values: Float64Array): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

function column(
  trades: readonly BacktestTrade[],
  value: (trade: BacktestTrade) => number,
): Float64Array {
  const values = new Float64Array(trades.length);
  let index = 0;
  for (const trade of trades) values[index++] = value(trade);
  return values;
}

const of = (
  values: Float64Array,
  none: Figure,
  compute: (values: Float64Array) => number,
): Figure => (values.length === 0 ? none : compute(values));
