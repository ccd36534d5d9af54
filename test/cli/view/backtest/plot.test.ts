import { describe, expect, test } from "bun:test";
import { columnsOf, dotColumns, hangingPlot, linePlot, rowsOf } from "#cli/view/backtest/plot.ts";
import { seededRandom } from "#shared/random.ts";

const points = (...values: readonly number[]) =>
  values.map((value, index) => ({ timeMs: 1000 + index * 10, value }));

describe("columns of a curve", () => {
  test("hold the line between points as well as the points", () => {
    // From 0 to 8 over four columns: 0 to 2, 2 to 4, 4 to 6, 6 to 8.
    const { low, high } = columnsOf(points(0, 8), 4);
    expect([...low]).toEqual([0, 2, 4, 6]);
    expect([...high]).toEqual([2, 4, 6, 8]);
  });

  test("keep a spike between two columns' edges", () => {
    const { low, high } = columnsOf(points(1, 1, 9, 1, 1, 1, 1, 1, 1, 1, 1), 2);
    expect([...high]).toEqual([9, 1]);
    expect([...low]).toEqual([1, 1]);
  });

  test("are one value where there is one point", () => {
    const { low, high } = columnsOf(points(5), 2);
    expect([low[0], high[0]]).toEqual([5, 5]);
  });

  test.each([1, 2, 3, 4])("of seed %i have no hole and lose no extreme", (seed) => {
    const random = seededRandom(seed);
    const values = Array.from({ length: 3 + Math.floor(random() * 400) }, () => random());
    const { low, high } = columnsOf(points(...values), 64);
    expect(Math.max(...high)).toBe(Math.max(...values));
    expect(Math.min(...low)).toBe(Math.min(...values));
    for (let column = 1; column < 64; column++) {
      // Neighbours meet at their common edge.
      expect(low[column]).toBeLessThanOrEqual((high[column - 1] ?? 0) + 1e-12);
      expect(high[column]).toBeGreaterThanOrEqual((low[column - 1] ?? 0) - 1e-12);
    }
  });
});

describe("a plot", () => {
  const scale = { bottom: 0, top: 7 };

  test("draws a line from the bottom left to the top right", () => {
    // Eight columns of 7 / 8 each: the first reaches from dot 7 to dot 6, the second to dot 5, …
    const rising = columnsOf(points(0, 7), dotColumns(4));
    expect(linePlot(rising, scale, 2).join("\n")).toBe("  ⣠⠞\n⡴⠋⠁ ");
  });

  test("draws what hangs from the top, and nothing for nothing", () => {
    const falling = { low: Float64Array.of(7, 4, 0, 0), high: Float64Array.of(7, 7, 4, 0) };
    expect(hangingPlot(falling, scale, 2).join("\n")).toBe("⢸⣿\n ⣿");
  });

  test("tells the row in which a curve stands", () => {
    const columns = { low: Float64Array.of(7, 7, 0, 0), high: Float64Array.of(7, 7, 0, 0) };
    expect(rowsOf(columns, scale, 2)).toEqual([0, 1]);
  });
});
