import { describe, expect, test } from "bun:test";
import { studyOf } from "#cli/sweep/study.ts";
import { choose, walkOf } from "#cli/sweep/walk.ts";
import { walkForward } from "#cli/sweep/windows.ts";
import { sweepCsv, sweepJson } from "#cli/view/sweep/export.ts";
import { BacktestStats } from "#shared/backtest.ts";
import { DAY_MS, failed, GRID, ran, scored } from "#test/support/sweep-results.ts";

const WINDOWS = walkForward(GRID.span, 40 * DAY_MS, 20 * DAY_MS);
const STUDY = studyOf(GRID, { train: GRID.span, test: undefined }, [
  scored(1),
  failed("threw, so"),
]);
const WALK = walkOf(
  GRID,
  WINDOWS,
  choose(GRID, WINDOWS, [...GRID.points.map(() => scored(1)), ...GRID.points.map(() => ran({}))]),
  [scored(0.5)],
);

const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

describe("a sweep for other programs", () => {
  test("as CSV has a line for each combination, with every statistic of both parts", () => {
    const [titles = [], first = [], second = []] = rowsOf(sweepCsv(STUDY));
    const keys = Object.keys(BacktestStats.shape).length;
    expect(titles).toHaveLength(4 + 2 + 2 * (keys + 1));
    expect(first.slice(0, 6)).toEqual([
      "2025-01-01T00:00:00.000Z",
      "2025-04-11T00:00:00.000Z",
      "",
      "",
      "5",
      "15",
    ]);
    expect(first[titles.indexOf("in_sharpe")]).toBe("1");
    expect(first[titles.indexOf("out_sharpe")]).toBe("");
    expect(second.join(",")).toContain('"threw, so"');
  });

  test("as CSV has a line for each window of a walk", () => {
    const [titles = [], first = [], second = []] = rowsOf(sweepCsv(WALK));
    expect(first[titles.indexOf("out_sharpe")]).toBe("0.5");
    expect(second[titles.indexOf("param_fast")]).toBe("");
  });

  test("as JSON says all that was found", () => {
    expect(sweepJson(STUDY)).toMatchObject({
      rank: "sharpe",
      params: { coin: "BTC" },
      combinations: { chosen: 9, taken: 8 },
      refused: [{ params: { fast: "15", slow: "15" } }],
      isComplete: false,
      outOfSample: null,
      best: { params: { fast: "5", slow: "15" }, inSample: { kind: "done" }, outOfSample: null },
    });
    expect(sweepJson(WALK)).toMatchObject({
      windowsInAll: 3,
      windows: [{ choice: { outOfSample: { kind: "done" } } }, { choice: null }],
      joined: { tests: 1 },
    });
  });
});
