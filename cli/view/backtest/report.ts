/** The report of a backtest as text. */
import type { Paint } from "#cli/paint.ts";
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
import type { BacktestReport, BacktestTrade } from "#shared/backtest.ts";

export interface ReportOptions {
  /** Columns; infinite where there is no screen. */
  readonly width: number;
  readonly paint: Paint;
  readonly trades: TradesShown;
  /** All of the run, where `needsAllTrades` says so. */
  readonly allTrades?: readonly BacktestTrade[];
}

/** A report is drawn no narrower, and no wider, than this. */
const WIDTH_MIN = 60;
const WIDTH_MAX = 200;
/** Where there is no screen: as a page. */
const WIDTH_PIPED = 120;

export const drawnWidth = (width: number): number =>
  Number.isFinite(width) ? Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, width)) : WIDTH_PIPED;

export function renderReport(report: BacktestReport, options: ReportOptions): string {
  const screen = { width: drawnWidth(options.width), paint: options.paint };
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
