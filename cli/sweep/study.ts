/** What a sweep runs and what it finds: one part to choose on, one that the choice has not seen. Pure. */
import { type Axis, type Point, pointAt } from "#cli/sweep/grid.ts";
import { deflatedSharpe, plateauRatio } from "#cli/sweep/overfit.ts";
import { type Rank, ranked, scoreOf, type Trial } from "#cli/sweep/ranking.ts";
import type { Span } from "#cli/sweep/windows.ts";
import type { StrategyMeta } from "#shared/inspection.ts";
import type { SweepFigures, SweepJob, SweepOutcome } from "#shared/sweep.ts";

/** Which combinations of which strategy are run, over which range. */
export interface Grid {
  readonly meta: StrategyMeta;
  /** The params that are swept; each has more than one value. */
  readonly axes: readonly Axis[];
  /** Those that are the same in every run, as typed. */
  readonly fixed: Point;
  readonly rank: Rank;
  readonly span: Span;
  /** Combinations that were chosen to be run, refused ones among them. */
  readonly chosen: number;
  /** Those that the strategy takes: their places in the grid, ascending. */
  readonly points: readonly number[];
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}

/** Where a sweep looks, and what it holds out; undefined: nothing. */
export interface Split {
  readonly train: Span;
  readonly test: Span | undefined;
}

/** By job; undefined for those that were not run. */
export type Outcomes = readonly (SweepOutcome | undefined)[];

export interface Study extends Grid {
  readonly kind: "study";
  readonly split: Split;
  /** Those that were run, the best first. */
  readonly trials: readonly Trial[];
  /** Whether all of them were. */
  readonly isComplete: boolean;
  /** The first, when it has a score. */
  readonly best: Trial | undefined;
  /** Probability that the best is more than the luck of so many trials; null: too few days to tell. */
  readonly deflatedSharpe: number | null;
  /** Score of the best one's neighbours over its own; undefined: they were not run, or it has no gain. */
  readonly plateauRatio: number | undefined;
}

/** A combination is run on both parts before the next begins: what is interrupted is comparable. */
export function splitJobs({ points }: Pick<Grid, "points">, { train, test }: Split): SweepJob[] {
  const spans = test === undefined ? [train] : [train, test];
  return points.flatMap((_, set) => spans.map((span) => ({ set, ...span })));
}

/** What came of the jobs of `splitJobs`. */
export function studyOf(grid: Grid, split: Split, outcomes: Outcomes): Study {
  const perPoint = split.test === undefined ? 1 : 2;
  const run = grid.points.flatMap((index, set): Trial[] => {
    const train = outcomes[set * perPoint];
    const test = split.test === undefined ? undefined : outcomes[set * perPoint + 1];
    return train === undefined ? [] : [{ index, train, test }];
  });
  const trials = ranked(run, grid.rank);
  const best = trials.find(({ train }) => scoreOf(train, grid.rank) !== undefined);
  const scores = new Map(trials.map(({ index, train }) => [index, scoreOf(train, grid.rank)]));
  return {
    ...grid,
    kind: "study",
    split,
    trials,
    isComplete:
      trials.every(({ test }) => (test === undefined) === (split.test === undefined)) &&
      trials.length === grid.points.length,
    best,
    deflatedSharpe: deflatedOf(best, trials),
    plateauRatio:
      best === undefined
        ? undefined
        : plateauRatio(grid.axes, best.index, (index) => scores.get(index)),
  };
}

function deflatedOf(best: Trial | undefined, trials: readonly Trial[]): number | null {
  const figures = figuresOf(best?.train);
  if (figures === undefined) return null;
  const { skew, kurtosis, days } = figures;
  const { sharpe } = figures.stats;
  if (sharpe === null || skew === null || kurtosis === null) return null;
  const sharpes = trials.flatMap(({ train }) => figuresOf(train)?.stats.sharpe ?? []);
  return deflatedSharpe({ sharpe, skew, kurtosis, days }, sharpes);
}

export const figuresOf = (outcome: SweepOutcome | undefined): SweepFigures | undefined =>
  outcome?.kind === "done" ? outcome.figures : undefined;

/** `fast=5 slow=20`: the params that are swept. */
export const pointText = ({ axes }: Pick<Grid, "axes">, index: number): string =>
  Object.entries(pointAt(axes, index))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
