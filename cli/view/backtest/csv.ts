/** The lists of a run as CSV (RFC 4180 with plain newlines): times in ISO 8601, numbers at full precision. */
import type { BacktestJson, BacktestTrade, OpenTrade } from "#shared/backtest.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Fill } from "#shared/order.ts";

type Cell = string | number | boolean | null;
/** A title, and what stands below it. */
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

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

function csv<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = Object.values(columns);
  const lines = rows.map((row) => cells.map((cell) => cellText(cell(row))).join(","));
  return `${[Object.keys(columns).join(","), ...lines].join("\n")}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
