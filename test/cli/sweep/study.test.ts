import { describe, expect, test } from "bun:test";
import { BestSoFar } from "#cli/sweep/best-so-far.ts";
import { pointText, type Split, splitJobs, studyOf } from "#cli/sweep/study.ts";
import type { SweepOutcome } from "#shared/sweep.ts";
import { DAY_MS, failed, GRID, ran, START_MS, scored } from "#test/support/sweep-results.ts";

const CUT = START_MS + 70 * DAY_MS;
const SPLIT: Split = {
  train: { fromMs: START_MS, toMs: CUT },
  test: { fromMs: CUT, toMs: GRID.span.toMs },
};
const WHOLE: Split = { train: GRID.span, test: undefined };
/** By place among the points; in the sample, then out of it. */
const outcomesOf = (sharpes: readonly number[]): SweepOutcome[] =>
  sharpes.flatMap((sharpe) => [scored(sharpe), scored(sharpe / 2)]);
const PLATEAU = [1, 1.2, 1, 1.3, 1.5, 1.3, 1.4, 1.1];

describe("the jobs of a sweep", () => {
  test("run each combination on both parts before the next", () => {
    const jobs = splitJobs(GRID, SPLIT);
    expect(jobs).toHaveLength(2 * GRID.points.length);
    expect(jobs.slice(0, 3)).toEqual([
      { set: 0, fromMs: START_MS, toMs: CUT },
      { set: 0, fromMs: CUT, toMs: GRID.span.toMs },
      { set: 1, fromMs: START_MS, toMs: CUT },
    ]);
    expect(splitJobs(GRID, WHOLE)).toHaveLength(GRID.points.length);
  });
});

describe("what a sweep finds", () => {
  test("is the combinations by their score, each with both parts", () => {
    const study = studyOf(GRID, SPLIT, outcomesOf(PLATEAU));
    expect(study.trials.map(({ index }) => index)).toEqual([4, 7, 3, 5, 1, 8, 0, 2]);
    expect(study.best?.index).toBe(4);
    expect(study.trials[0]).toMatchObject({ train: scored(1.5), test: scored(0.75) });
    expect(study.isComplete).toBe(true);
    // fast=10 slow=30 stands among 1.2, 1.3, 1.3 and 1.4.
    expect(study.plateauRatio).toBeCloseTo(1.3 / 1.5, 12);
    expect(study.deflatedSharpe).toBeGreaterThan(0);
    expect(study.deflatedSharpe).toBeLessThan(1);
  });

  test("keeps what is done when it is interrupted", () => {
    const some: (SweepOutcome | undefined)[] = outcomesOf(PLATEAU).slice(0, 5);
    const study = studyOf(GRID, SPLIT, some);
    expect(study.trials.map(({ index }) => index)).toEqual([1, 0, 2]);
    expect(study.trials.map(({ test: out }) => out === undefined)).toEqual([false, false, true]);
    expect(study.isComplete).toBe(false);
    expect(studyOf(GRID, WHOLE, some).isComplete).toBe(false);
    expect(studyOf(GRID, WHOLE, outcomesOf(PLATEAU).slice(0, 8)).isComplete).toBe(true);
  });

  test("has no best where nothing has a score", () => {
    const outcomes = GRID.points.map((_, set) => (set === 0 ? failed("threw") : ran({})));
    const study = studyOf(GRID, WHOLE, outcomes);
    expect(study.best).toBeUndefined();
    expect(study.deflatedSharpe).toBeNull();
    expect(study.plateauRatio).toBeUndefined();
  });

  test("tells no probability of too few days", () => {
    const outcomes = GRID.points.map(() => ran({ sharpe: 2 }, { days: 10 }));
    expect(studyOf(GRID, WHOLE, outcomes).deflatedSharpe).toBeNull();
  });
});

test("the best so far is told as it changes", () => {
  const best = new BestSoFar(GRID);
  expect(best.take(0, failed("threw"))).toBe("");
  expect(best.take(0, scored(0.5))).toBe("best 0.50: fast=5 slow=15");
  expect(best.take(1, scored(0.4))).toBe("best 0.50: fast=5 slow=15");
  expect(best.take(6, scored(1.84))).toBe("best 1.84: fast=15 slow=30");
  expect(pointText(GRID, 8)).toBe("fast=15 slow=45");
});
