import { describe, expect, test } from "bun:test";
import { UnknownRankError } from "#cli/sweep/errors.ts";
import { ranked, readRank, scoreOf, type Trial } from "#cli/sweep/ranking.ts";
import type { SweepOutcome } from "#shared/sweep.ts";
import { ran } from "#test/support/sweep-results.ts";

const trial = (index: number, train: SweepOutcome): Trial => ({ index, train, test: undefined });
const FAILED: SweepOutcome = { kind: "failed", reason: "threw" };

describe("a ranking", () => {
  test("puts the best first and what has no score last", () => {
    const trials = [
      trial(0, FAILED),
      trial(1, ran({ sharpe: 0.5 })),
      trial(2, ran({ sharpe: null })),
      trial(3, ran({ sharpe: 1.5 })),
      trial(4, ran({ sharpe: 0.5 })),
    ];
    expect(ranked(trials, "sharpe").map(({ index }) => index)).toEqual([3, 1, 4, 0, 2]);
  });

  test("prefers the smaller drawdown", () => {
    const trials = [
      trial(0, ran({ maxDrawdownRatio: 0.3 })),
      trial(1, ran({ maxDrawdownRatio: 0.1 })),
    ];
    expect(ranked(trials, "drawdown").map(({ index }) => index)).toEqual([1, 0]);
    expect(scoreOf(ran({ maxDrawdownRatio: 0.3 }), "drawdown")).toBe(-0.3);
  });

  test("is asked for by name", () => {
    expect(readRank("profit-factor")).toBe("profit-factor");
    expect(() => readRank("sharp")).toThrow(UnknownRankError);
    expect(() => readRank("sharp")).toThrow(/did you mean "sharpe"/);
  });
});
