/** The report of a backtest as text. */
import { renderCurves } from "#cli/view/backtest/curves.ts";
import { renderDoubts } from "#cli/view/backtest/doubts.ts";
import { renderHeader } from "#cli/view/backtest/header.ts";
import { renderMonths } from "#cli/view/backtest/months.ts";
import { renderStatistics } from "#cli/view/backtest/statistics.ts";
import {
  renderOpen,
  renderParts,
  renderTrades,
  type TradesShown,
} from "#cli/view/backtest/trades.ts";
import type { ReportScreen } from "#cli/view/screen.ts";
import type { BacktestReport, BacktestTrade } from "#shared/backtest.ts";

/** Columns are infinite where there is no screen. */
export interface ReportOptions extends ReportScreen {
  readonly trades: TradesShown;
  /** All of the run, where `needsAllTrades` says so. */
  readonly allTrades?: readonly BacktestTrade[];
}

/** A report is drawn no narrower, and no wider, than this. */
const WIDTH_MIN = 56;
const WIDTH_MAX = 200;
/** Where there is no screen: as a page. */
const WIDTH_PIPED = 120;

export const drawnWidth = (width: number): number =>
  Number.isFinite(width) ? Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)) : WIDTH_PIPED;

export function renderReport(report: BacktestReport, options: ReportOptions): string {
  const { paint, utc } = options;
  const screen = { width: drawnWidth(options.width), paint, utc };
  const sections = [
    renderHeader(report, screen),
    renderCurves(report.curve, screen),
    renderStatistics(report, screen),
    renderMonths(report, screen),
    renderParts(report, screen),
    renderTrades(report, options.allTrades ?? report.trades, options.trades, screen),
    renderOpen(report.open, screen),
    renderDoubts(report, screen),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
