/** The figure that a sweep is ranked by, as text. */
import { figureOf, type Rank } from "#cli/sweep/ranking.ts";
import { figuresOf } from "#cli/sweep/study.ts";
import { type Unit, valueText } from "#cli/view/backtest/values.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

const UNITS: Readonly<Record<Rank, Unit>> = {
  sharpe: "number",
  sortino: "number",
  calmar: "number",
  return: "signed-ratio",
  drawdown: "ratio",
  "profit-factor": "number",
  expectancy: "signed-money",
  sqn: "number",
  "win-rate": "ratio",
  omega: "number",
  ulcer: "ratio",
};

/** `n/a` where the run has no such figure. */
export function rankText(outcome: SweepOutcome | undefined, rank: Rank): string {
  const figures = figuresOf(outcome);
  return rankValue(figures === undefined ? null : (figureOf(figures, rank) ?? null), rank);
}

export const rankValue = (value: number | null, rank: Rank): string =>
  valueText(value, UNITS[rank]);
