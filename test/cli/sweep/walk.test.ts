import { describe, expect, test } from "bun:test";
import type { Grid } from "#cli/sweep/study.ts";
import { choose, testJobs, trainJobs, walkOf } from "#cli/sweep/walk.ts";
import { walkForward } from "#cli/sweep/windows.ts";
import { seededRandom } from "#shared/random.ts";
import type { SweepOutcome } from "#shared/sweep.ts";
import { DAY_MS, failed, GRID, ran, scored } from "#test/support/sweep-results.ts";

/** Two combinations, three windows of 40 days and then 20. */
const SMALL: Grid = {
  ...GRID,
  axes: [{ name: "fast", values: ["5", "10"] }],
  points: [0, 1],
  chosen: 2,
  refused: [],
};
const WINDOWS = walkForward(GRID.span, 40 * DAY_MS, 20 * DAY_MS);
const TRAINED: SweepOutcome[] = [1, 2, 3, 2, 1, 4].map(scored);

describe("a walk forward", () => {
  test("chooses the best of each window, and tests it on what follows", () => {
    expect(WINDOWS).toHaveLength(3);
    expect(trainJobs(SMALL, WINDOWS)).toHaveLength(6);
    const choices = choose(SMALL, WINDOWS, TRAINED);
    expect(choices.map(({ trial }) => trial?.index)).toEqual([1, 0, 1]);
    expect(testJobs(SMALL, choices)).toEqual(
      WINDOWS.map(({ test: span }, window) => ({ set: [1, 0, 1][window] ?? -1, ...span })),
    );
  });

  test("joins the tests to one result", () => {
    const choices = choose(SMALL, WINDOWS, TRAINED);
    const tests = [0.1, -0.05, 0.02].map((returnRatio) =>
      ran({
        returnRatio,
        buyHoldRatio: 0.1,
        maxDrawdownRatio: returnRatio + 0.06,
        trades: 4,
        sharpe: 1,
      }),
    );
    const walk = walkOf(SMALL, WINDOWS, choices, tests);
    expect(walk.joined).toMatchObject({
      tests: 3,
      maxDrawdownRatio: 0.16,
      trades: 12,
      gained: 2,
      meanTrain: 3,
      meanTest: 1,
    });
    expect(walk.joined.returnRatio).toBeCloseTo(1.1 * 0.95 * 1.02 - 1, 12);
    expect(walk.joined.buyHoldRatio).toBeCloseTo(1.1 ** 3 - 1, 12);
    expect(walk.stability).toEqual({
      distinct: 2,
      kept: 0,
      pairs: 2,
      params: [
        {
          name: "fast",
          values: [
            { value: "5", count: 1 },
            { value: "10", count: 2 },
          ],
        },
      ],
    });
    expect(walk.isComplete).toBe(true);
  });

  test("has the Sharpe ratio of all daily returns of its tests together", () => {
    const random = seededRandom(11);
    const parts = WINDOWS.map((_, part) =>
      Array.from({ length: 20 + part }, () => (random() - 0.45) * 0.02),
    );
    const whole = momentsOf(parts.flat());
    const tests = parts.map((returns) => {
      const { mean, deviation } = momentsOf(returns);
      return ran({}, { days: returns.length, dailyMean: mean, dailyDeviation: deviation });
    });
    const walk = walkOf(SMALL, WINDOWS, choose(SMALL, WINDOWS, TRAINED), tests);
    expect(walk.joined.sharpe).toBeCloseTo((whole.mean / whole.deviation) * Math.sqrt(365), 9);
  });

  test("passes over a window in which nothing has a score, and one that was interrupted", () => {
    const outcomes = [failed("threw"), ran({}), scored(2), scored(1), scored(1)];
    const choices = choose(SMALL, WINDOWS, outcomes);
    expect(choices.map(({ trial }) => trial?.index)).toEqual([undefined, 0]);
    expect(testJobs(SMALL, choices)).toHaveLength(1);
    const walk = walkOf(SMALL, WINDOWS, choices, [scored(1)]);
    expect(walk.choices.map(({ trial }) => trial?.test?.kind)).toEqual([undefined, "done"]);
    expect(walk.isComplete).toBe(false);
  });
});

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
