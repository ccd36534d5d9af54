import { expect, test } from "bun:test";
import { PLAIN } from "#cli/paint.ts";
import { readAxis } from "#cli/sweep/grid.ts";
import { type HeatMap, renderHeatMap } from "#cli/view/sweep/heat-map.ts";
import { atThreeWidths } from "#test/support/screens.ts";

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

test("a heat map at three widths", () => {
  expect(
    atThreeWidths((width) => renderHeatMap(map("1..24"), width, PLAIN).join("\n")),
  ).toMatchInlineSnapshot(`
    "at 80, 120:
    slow down, fast along
      20                   ░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒
      30 ░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
      40 · ▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓██████████████████
         1 … 24
    at 160:
    slow down, fast along
             1     2     3     4     5     6     7     8     9    10    11    12    13    14    15    16    17    18    19    20    21    22    23    24
      20 -1.00 -0.90 -0.80 -0.70 -0.60 -0.50 -0.40 -0.30 -0.20 -0.10  0.00  0.10  0.20  0.30  0.40  0.50  0.60  0.70  0.80  0.90  1.00  1.10  1.20  1.30
      30  0.00  0.10  0.20  0.30  0.40  0.50  0.60  0.70  0.80  0.90  1.00  1.10  1.20  1.30  1.40  1.50  1.60  1.70  1.80  1.90  2.00  2.10  2.20  2.30
      40     ·  1.10  1.20  1.30  1.40  1.50  1.60  1.70  1.80  1.90  2.00  2.10  2.20  2.30  2.40  2.50  2.60  2.70  2.80  2.90  3.00  3.10  3.20  3.30"
  `);
});
