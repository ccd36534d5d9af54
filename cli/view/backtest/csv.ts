/** The lists of a run as CSV: times in ISO 8601, numbers at 15 digits. */
import { type Columns, csv } from "#cli/view/csv.ts";
import type { BacktestJson, BacktestTrade, OpenTrade } from "#shared/backtest.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Fill } from "#shared/order.ts";

/** The closed trades in the order in which they ended, then those that are open, without an exit. */
export const tradesCsv = (trades: readonly BacktestTrade[], open: readonly OpenTrade[]): string =>
  csv(TRADE_COLUMNS, [
    ...trades.map((trade) => ({ ...trade, markPrice: null })),
    ...open.map((trade) => ({ ...trade, exitTime: null, exitPrice: null })),
  ]);

/** One line a step: when candles closed, and what the account was worth. */
export const equityCsv = (equity: BacktestJson["equity"]): string => csv(EQUITY_COLUMNS, equity);

export const fillsCsv = (fills: readonly Fill[]): string => csv(FILL_COLUMNS, fills);

interface TradeRow extends Omit<BacktestTrade, "exitTime" | "exitPrice"> {
  readonly exitTime: UnixMs | null;
  readonly exitPrice: number | null;
  readonly markPrice: number | null;
}

const iso = (atMs: UnixMs): string => new Date(atMs).toISOString();

const TRADE_COLUMNS: Columns<TradeRow> = {
  coin: ({ coin }) => coin,
  side: ({ side }) => side,
  size: ({ size }) => size,
  entryTime: ({ entryTime }) => iso(entryTime),
  entryPrice: ({ entryPrice }) => entryPrice,
  exitTime: ({ exitTime }) => (exitTime === null ? null : iso(exitTime)),
  exitPrice: ({ exitPrice }) => exitPrice,
  markPrice: ({ markPrice }) => markPrice,
  pnl: ({ pnl }) => pnl,
  fees: ({ fees }) => fees,
  funding: ({ funding }) => funding,
  returnRatio: ({ returnRatio }) => returnRatio,
};

const EQUITY_COLUMNS: Columns<readonly [UnixMs, number]> = {
  time: ([timeMs]) => iso(timeMs),
  equity: ([, equity]) => equity,
};

const FILL_COLUMNS: Columns<Fill> = {
  time: ({ timeMs }) => iso(timeMs),
  coin: ({ coin }) => coin,
  side: ({ side }) => side,
  size: ({ size }) => size,
  price: ({ price }) => price,
  fee: ({ fee }) => fee,
  closedPnl: ({ closedPnl }) => closedPnl,
  taker: ({ taker }) => taker,
  tradeId: ({ tradeId }) => tradeId,
  orderId: ({ orderId }) => orderId,
  clientOrderId: ({ clientOrderId }) => clientOrderId,
};
