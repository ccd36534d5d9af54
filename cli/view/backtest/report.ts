/** The report of a backtest in words and numbers. */
import type { Paint } from "#cli/paint.ts";
import type { BacktestReport, BacktestTrade } from "#shared/backtest.ts";

/** Trades of the first and of the last that are shown when no number is said. */
export const TRADES_SHOWN_DEFAULT = 5;

export interface ReportOptions {
  readonly width: number;
  readonly paint: Paint;
  readonly trades: number | "all";
  readonly allTrades?: readonly BacktestTrade[];
}

export function renderReport(report: BacktestReport, { paint }: ReportOptions): string {
  const { strategy, stats } = report;
  return [
    paint.bold(`${strategy.name} ${strategy.version}`),
    ...Object.entries(stats).map(([key, value]) => `  ${key.padEnd(20)}  ${value ?? "n/a"}`),
  ].join("\n");
}

/** Whether the report itself holds fewer trades than are to be shown. */
export const needsAllTrades = (report: BacktestReport, trades: number | "all"): boolean =>
  report.trades.length < report.stats.trades &&
  (trades === "all" || 2 * trades > report.trades.length);
