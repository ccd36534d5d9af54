import { expect, test } from "bun:test";
import { compare, mean } from "#runner/numbers.ts";

test("compare() takes what differs in the last digits for level, at any magnitude", () => {
  expect(compare(0.1 + 0.2, 0.3)).toBe(0);
  expect(compare(1e9 + 1e-3, 1e9)).toBe(0);
  expect(compare(1e-9, 1.1e-9)).toBe(-1);
  expect(compare(100_001, 100_000)).toBe(1);
  expect(compare(-2, -1)).toBe(-1);
  expect(compare(0, 0)).toBe(0);
});

test("mean() of a column and of a list", () => {
  expect(mean(Float64Array.of(1, 2, 6))).toBe(3);
  expect(mean([4])).toBe(4);
  expect(mean([])).toBeNaN();
});
