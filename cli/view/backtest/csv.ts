/** Tables of a backtest for other programs. */
import type { BacktestTrade, OpenTrade } from "#shared/backtest.ts";
import type { Fill } from "#shared/order.ts";

const rows = (lines: readonly (readonly unknown[])[]): string =>
  `${lines.map((cells) => cells.join(",")).join("\n")}\n`;

export const tradesCsv = (trades: readonly BacktestTrade[], open: readonly OpenTrade[]): string =>
  rows([
    ["coin", "side", "size", "entryTime", "entryPrice", "exitTime", "exitPrice", "pnl"],
    ...trades.map((t) => [
      t.coin,
      t.side,
      t.size,
      t.entryTime,
      t.entryPrice,
      t.exitTime,
      t.exitPrice,
      t.pnl,
    ]),
    ...open.map((t) => [t.coin, t.side, t.size, t.entryTime, t.entryPrice, "", "", t.pnl]),
  ]);

export const equityCsv = (equity: readonly (readonly [number, number])[]): string =>
  rows([["time", "equity"], ...equity]);

export const fillsCsv = (fills: readonly Fill[]): string =>
  rows([
    ["time", "coin", "side", "price", "size", "fee"],
    ...fills.map((fill) => [fill.timeMs, fill.coin, fill.side, fill.price, fill.size, fill.fee]),
  ]);
