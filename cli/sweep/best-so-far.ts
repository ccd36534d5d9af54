/** The best of the runs that have ended, for whoever watches a sweep. */
import { type Rank, scoreOf } from "#cli/sweep/ranking.ts";
import { type Grid, pointText } from "#cli/sweep/study.ts";
import { rankText } from "#cli/view/sweep/rank-text.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

export class BestSoFar {
  readonly #grid: Pick<Grid, "axes" | "points" | "rank">;
  #score = Number.NEGATIVE_INFINITY;
  /** `best 1.84: fast=5 slow=20`; empty while there is none. */
  text = "";

  constructor(grid: Pick<Grid, "axes" | "points" | "rank">) {
    this.#grid = grid;
  }

  /** `set`: place of the combination among those that are run. Returns `text`. */
  take(set: number | undefined, outcome: SweepOutcome): string {
    const { points, rank } = this.#grid;
    const index = points[set ?? -1];
    const score = scoreOf(outcome, rank);
    if (index === undefined || score === undefined || score <= this.#score) return this.text;
    this.#score = score;
    this.text = this.#textOf(rank, index, outcome);
    return this.text;
  }

  #textOf(rank: Rank, index: number, outcome: SweepOutcome): string {
    return `best ${rankText(outcome, rank)}: ${pointText(this.#grid, index)}`;
  }
}
