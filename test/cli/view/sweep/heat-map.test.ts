import { expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { readAxis } from "#cli/sweep/grid.ts";
import { type HeatMap, renderHeatMap } from "#cli/view/sweep/heat-map.ts";

const map = (columns: string): HeatMap => ({
  rows: readAxis("slow", "20..40:10"),
  columns: readAxis("fast", columns),
  score: (row, column) => (row === 2 && column === 0 ? undefined : row + column / 10 - 1),
  text: (score) => score.toFixed(2),
});

test("numbers where they fit", () => {
  expect(renderHeatMap(map("5..20:5"), 80, PLAIN).join("\n")).toMatchInlineSnapshot(`
    "slow down, fast along
             5    10    15    20
      20 -1.00 -0.90 -0.80 -0.70
      30  0.00  0.10  0.20  0.30
      40     ·  1.10  1.20  1.30"
  `);
});

test.each([120, 160])("the same on %i columns", (width) => {
  const small = map("5..20:5");
  expect(renderHeatMap(small, width, PLAIN)).toEqual(renderHeatMap(small, 80, PLAIN));
});

test("shades where they do not", () => {
  expect(renderHeatMap(map("1..24"), 60, PLAIN).join("\n")).toMatchInlineSnapshot(`
    "slow down, fast along
      20                   ░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒
      30 ░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
      40 · ▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓██████████████████
         1 … 24"
  `);
});

test("nothing where nothing is known", () => {
  const empty: HeatMap = { ...map("5..20:5"), score: () => undefined };
  expect(renderHeatMap(empty, 80, PLAIN)).toEqual([]);
});
