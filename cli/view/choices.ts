/** What a person chooses from: one line each, in columns. */
import { feedsCell } from "#cli/view/cells.ts";
import { duration, signedRatio, utcDay } from "#cli/view/numbers.ts";
import { stateText } from "#cli/view/state.ts";
import { oneLine, padEnd } from "#cli/view/text.ts";
import type { BacktestSummary } from "#shared/backtest.ts";
import type { StrategyView } from "#shared/control-api.ts";

export interface Choice {
  readonly value: string;
  /** The line that stands for it. */
  readonly name: string;
  /** What is left of it once it is chosen. */
  readonly short: string;
}

/** In their own order: name, state, uptime, feeds. */
export const strategyChoices = (strategies: readonly StrategyView[]): Choice[] =>
  choices(
    strategies.map(({ name }) => name),
    strategies.map((strategy) => [
      strategy.name,
      stateText(strategy.state),
      strategy.uptimeMs === null ? "" : `up ${duration(strategy.uptimeMs)}`,
      strategy.feeds.length === 0 ? "" : oneLine(feedsCell(strategy.feeds)),
    ]),
  );

/** The newest first: number, strategy, what was tested, what came of it. */
export function backtestChoices(backtests: readonly BacktestSummary[]): Choice[] {
  const newestFirst = backtests.toSorted((a, b) => b.id - a.id);
  return choices(
    newestFirst.map(({ id }) => String(id)),
    newestFirst.map(({ id, name, from, to, returnRatio }) => [
      String(id),
      oneLine(name),
      `${utcDay(from)} – ${utcDay(to)}`,
      signedRatio(returnRatio),
    ]),
  );
}

function choices(values: readonly string[], rows: readonly (readonly string[])[]): Choice[] {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  return rows.map((row, index) => ({
    value: values[index] ?? "",
    short: values[index] ?? "",
    name: row
      .map((cell, column) => padEnd(cell, widths?.[column] ?? 0))
      .join("  ")
      .trimEnd(),
  }));
}
