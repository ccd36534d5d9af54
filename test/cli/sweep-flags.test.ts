import { describe, expect, test } from "bun:test";
import { readSweepFlags } from "#cli/sweep-flags.ts";

describe("the flags of a sweep", () => {
  test("that are left out hold out 30 % and take every core", () => {
    expect(readSweepFlags({ funding: true })).toEqual({
      rank: "sharpe",
      parallel: null,
      sample: undefined,
      parting: { kind: "hold-out", ratio: 0.3 },
    });
  });

  test("are read into numbers", () => {
    const flags = { funding: true, rank: "calmar", jobs: "8", sample: "200", holdout: "12.5%" };
    expect(readSweepFlags(flags)).toEqual({
      rank: "calmar",
      parallel: 8,
      sample: 200,
      parting: { kind: "hold-out", ratio: 0.125 },
    });
    expect(readSweepFlags({ funding: true, walkForward: "90d:30d" }).parting).toEqual({
      kind: "walk-forward",
      trainMs: 90 * 86_400_000,
      testMs: 30 * 86_400_000,
    });
  });

  test.each(["30", "91%", "-1%", "%"])("refuse %p as a share to hold out", (holdout) => {
    expect(() => readSweepFlags({ funding: true, holdout })).toThrow(/--holdout must be a share/);
  });

  test.each(["90d", "90d:", "0d:1d", "1d:2d:3d", "x:1d"])("refuse %p as windows", (walkForward) => {
    expect(() => readSweepFlags({ funding: true, walkForward })).toThrow(/must be two durations/);
  });
});
