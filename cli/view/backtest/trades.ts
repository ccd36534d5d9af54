/** The round trips: parts of them summed up, the first and the last or all, and what is still open. */
import { valueText } from "#cli/view/backtest/values.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import {
  count,
  duration,
  minute,
  money,
  price,
  signedMoney,
  signedRatio,
  size,
  type Zone,
  zoned,
} from "#cli/view/numbers.ts";
import type { ReportScreen } from "#cli/view/screen.ts";
import { indented, oneLine } from "#cli/view/text.ts";
import type { BacktestReport, BacktestTrade, OpenTrade, TradesPart } from "#shared/backtest.ts";

/** `--trades`: of the first and of the last so many, or all. */
export type TradesShown = number | "all";
export const TRADES_SHOWN_DEFAULT = 5;

const MARGIN = 2;
/** Stands in each cell of the row between the first and the last. */
const ELLIPSIS = "⋮";

/** Long and short apart, and each coin where there are several. */
export function renderParts(
  { long, short, coins }: BacktestReport,
  screen: ReportScreen,
): string[] {
  const rows: (TradesPart & { readonly name: string })[] = [
    { name: "long", ...long },
    { name: "short", ...short },
    ...(coins.length > 1 ? coins.map((part) => ({ name: oneLine(part.coin), ...part })) : []),
  ];
  const right = { align: "right", rank: 0 } as const;
  const columns: GridColumn[] = [
    { title: "", rank: 0, cells: rows.map(({ name }) => name) },
    { title: "trades", ...right, cells: rows.map(({ trades }) => valueText(trades, "count")) },
    { title: "profit, USDC", ...right, cells: rows.map(({ pnl }) => signedMoney(pnl)) },
    { title: "win rate", ...right, cells: rows.map((row) => valueText(row.winRate, "ratio")) },
    { title: "factor", ...right, cells: rows.map((row) => valueText(row.profitFactor, "number")) },
    {
      title: "average",
      ...right,
      cells: rows.map((row) => valueText(row.avgTradeRatio, "signed-ratio")),
    },
  ];
  return [screen.paint.bold("closed trades"), ...gridLines(columns, rows, screen)];
}

/** A trade with its place among all. */
interface Numbered extends BacktestTrade {
  readonly number: number;
}

/**
 * `list` are the report's trades or all; a report holds the first and the last of many, so a trade's
 * number follows from its place.
 */
export function renderTrades(
  { stats }: BacktestReport,
  list: readonly BacktestTrade[],
  shown: TradesShown,
  screen: ReportScreen,
): string[] {
  const total = stats.trades;
  if (total === 0) return [];
  const { first, last } = choose(numbered(list, total), shown);
  const left = total - first.length - last.length;
  const rows = left > 0 ? [...first, null, ...last] : [...first, ...last];
  const cells = (cell: (trade: Numbered) => string): string[] =>
    rows.map((row) => (row === null ? ELLIPSIS : cell(row)));
  const lines = gridLines(tradeColumns(cells, screen), rows, screen);
  const { paint } = screen;
  const hint = left > 0 ? [indented(paint.dim(`${count(left)} more: --trades all`), MARGIN)] : [];
  return [`${paint.bold("trades")} ${paint.dim("net of fees and funding")}`, ...lines, ...hint];
}

/** Whether the report's own trades are too few for what is to be shown. */
export function needsAllTrades({ stats, trades }: BacktestReport, shown: TradesShown): boolean {
  if (trades.length === stats.trades) return false;
  return shown === "all" || 2 * shown > trades.length;
}

function numbered(list: readonly BacktestTrade[], total: number): Numbered[] {
  const isWhole = list.length === total;
  const half = list.length / 2;
  return list.map((trade, index) => ({
    ...trade,
    number: isWhole || index < half ? index + 1 : total - list.length + index + 1,
  }));
}

function choose(
  list: readonly Numbered[],
  shown: TradesShown,
): { readonly first: readonly Numbered[]; readonly last: readonly Numbered[] } {
  if (shown === "all" || 2 * shown >= list.length) return { first: list, last: [] };
  return { first: list.slice(0, shown), last: shown === 0 ? [] : list.slice(-shown) };
}

function tradeColumns(
  cells: (cell: (trade: Numbered) => string) => string[],
  zone: Zone,
): GridColumn[] {
  const right = "right" as const;
  return [
    { title: "#", align: right, rank: 6, cells: cells(({ number }) => String(number)) },
    { title: "coin", rank: 0, cells: cells(({ coin }) => oneLine(coin)) },
    { title: "side", rank: 0, cells: cells(sideText) },
    { title: "size", align: right, rank: 5, cells: cells((trade) => size(trade.size)) },
    {
      title: zoned("entered", zone),
      rank: 0,
      cells: cells((trade) => minute(trade.entryTime, zone)),
    },
    { title: "entry", align: right, rank: 3, cells: cells(({ entryPrice }) => price(entryPrice)) },
    { title: "left", rank: 7, cells: cells(({ exitTime }) => minute(exitTime, zone)) },
    { title: "exit", align: right, rank: 3, cells: cells(({ exitPrice }) => price(exitPrice)) },
    { title: "held", align: right, rank: 4, cells: cells(heldText) },
    { title: "fees", align: right, rank: 8, cells: cells(({ fees }) => money(fees)) },
    { title: "funding", align: right, rank: 9, cells: cells(({ funding }) => money(funding)) },
    { title: "profit", align: right, rank: 0, cells: cells(({ pnl }) => signedMoney(pnl)) },
    {
      title: "return",
      align: right,
      rank: 0,
      cells: cells((trade) => signedRatio(trade.returnRatio)),
    },
  ];
}

const sideText = ({ side }: { readonly side: "buy" | "sell" }): string =>
  side === "buy" ? "long" : "short";

const heldText = ({ entryTime, exitTime }: BacktestTrade): string => duration(exitTime - entryTime);

export function renderOpen(open: readonly OpenTrade[], screen: ReportScreen): string[] {
  if (open.length === 0) return [];
  const right = "right" as const;
  const columns: GridColumn[] = [
    { title: "coin", rank: 0, cells: open.map(({ coin }) => oneLine(coin)) },
    { title: "side", rank: 0, cells: open.map(sideText) },
    { title: "size", align: right, rank: 1, cells: open.map((trade) => size(trade.size)) },
    {
      title: zoned("entered", screen),
      rank: 0,
      cells: open.map((trade) => minute(trade.entryTime, screen)),
    },
    {
      title: "entry",
      align: right,
      rank: 2,
      cells: open.map(({ entryPrice }) => price(entryPrice)),
    },
    {
      title: "last close",
      align: right,
      rank: 2,
      cells: open.map((trade) => price(trade.markPrice)),
    },
    { title: "profit", align: right, rank: 0, cells: open.map(({ pnl }) => signedMoney(pnl)) },
    {
      title: "return",
      align: right,
      rank: 0,
      cells: open.map((trade) => signedRatio(trade.returnRatio)),
    },
  ];
  const { paint } = screen;
  const title = `${paint.bold("still open")} ${paint.dim("marked at the last close, in no statistic")}`;
  return [title, ...gridLines(columns, open, screen)];
}

/** The lines of rows, green where they won and red where they lost. */
function gridLines(
  columns: readonly GridColumn[],
  rows: readonly ({ readonly pnl: number } | null)[],
  { width, paint }: ReportScreen,
): string[] {
  const paintRow = (line: string, row: number): string => {
    const pnl = rows[row]?.pnl ?? 0;
    if (pnl === 0) return line;
    const text = signedMoney(pnl);
    return line.replace(text, () => (pnl > 0 ? paint.green(text) : paint.red(text)));
  };
  return renderGrid(columns, { width: width - MARGIN, paint, paintRow }).map((line) =>
    indented(line, MARGIN),
  );
}
