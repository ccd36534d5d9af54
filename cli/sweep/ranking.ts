/** Which of a sweep's combinations did best. */
import { UnknownRankError } from "#cli/sweep/errors.ts";
import type { BacktestStats } from "#shared/backtest.ts";
import type { SweepFigures, SweepOutcome } from "#shared/sweep.ts";

/** Names of a ranking, as they are typed. */
const RANKS = [
  "sharpe",
  "sortino",
  "calmar",
  "return",
  "drawdown",
  "profit-factor",
  "expectancy",
  "sqn",
  "win-rate",
  "omega",
  "ulcer",
] as const;
export type Rank = (typeof RANKS)[number];
const STATISTIC: Readonly<Record<Rank, keyof BacktestStats>> = {
  sharpe: "sharpe",
  sortino: "sortino",
  calmar: "calmar",
  return: "returnRatio",
  drawdown: "maxDrawdownRatio",
  "profit-factor": "profitFactor",
  expectancy: "expectancy",
  sqn: "sqn",
  "win-rate": "winRate",
  omega: "omega",
  ulcer: "ulcer",
};
export const RANK_DEFAULT: Rank = "sharpe";

/** Of these the smaller is the better. */
const SMALLER: ReadonlySet<Rank> = new Set<Rank>(["drawdown", "ulcer"]);

/** Throws `UnknownRankError`. */
export function readRank(text: string): Rank {
  const found = RANKS.find((name) => name === text);
  if (found === undefined) throw new UnknownRankError(text, RANKS);
  return found;
}

/** Higher is better; undefined where the figure has no meaning, or there was no run. */
export function scoreOf(outcome: SweepOutcome | undefined, rank: Rank): number | undefined {
  if (outcome?.kind !== "done") return undefined;
  const figure = figureOf(outcome.figures, rank);
  if (figure === undefined) return undefined;
  return SMALLER.has(rank) ? -figure : figure;
}

/** The figure itself. */
export const figureOf = ({ stats }: SweepFigures, rank: Rank): number | undefined =>
  stats[STATISTIC[rank]] ?? undefined;

/** A combination that was run on what it may learn from, and on what it has not seen. */
export interface Trial {
  /** Its place in the grid. */
  readonly index: number;
  readonly train: SweepOutcome;
  readonly test: SweepOutcome | undefined;
}

/** The best first, by what they did in training; those without a score last; ties in the grid's order. */
export function ranked(trials: readonly Trial[], rank: Rank): Trial[] {
  const keyOf = (trial: Trial) => scoreOf(trial.train, rank) ?? Number.NEGATIVE_INFINITY;
  return trials.toSorted((a, b) => {
    const [first, second] = [keyOf(b), keyOf(a)];
    return first === second ? a.index - b.index : first - second;
  });
}
