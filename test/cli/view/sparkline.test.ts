import { expect, test } from "bun:test";
import { sparkline } from "#cli/view/sparkline.ts";

test("stands for each value by its share of the largest, the newest last", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, 0)).toBe("▁▂▃▄▅▆▇██");
  expect(sparkline([1, 2, 3, 8], 3, 0)).toBe("▃▄█");
});

test("fewer values leave the left empty", () => {
  expect(sparkline([8, 4], 5, 0)).toBe("   █▅");
  expect(sparkline([], 3, 1)).toBe("   ");
});

test("noise below the floor stays flat, and nothing at all too", () => {
  expect(sparkline([0.1, 0.2, 0.1], 3, 5)).toBe("▁▁▁");
  expect(sparkline([0, 0], 2, 1)).toBe("▁▁");
});
