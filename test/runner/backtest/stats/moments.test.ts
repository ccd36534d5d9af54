import { describe, expect, test } from "bun:test";
import {
  deviation,
  excessKurtosis,
  mean,
  quantile,
  skewness,
} from "#runner/backtest/stats/moments.ts";
import { num, table } from "#test/support/table.ts";

const of = (...values: readonly number[]): Float64Array => Float64Array.from(values);

test("mean and sample deviation", () => {
  // Squares around 3: 4 + 1 + 1 + 4 = 10; √(10 / 3).
  expect(mean(of(1, 2, 4, 5))).toBe(3);
  expect(deviation(of(1, 2, 4, 5))).toBeCloseTo(Math.sqrt(10 / 3), 12);
});

const quantiles = table(
  { share: num, value: num },
  `
  share | value
  0     |    10
  0.25  |  17.5
  0.5   |    25
  0.9   |    37
  1     |    40
`,
);
test.each(quantiles)("the $share quantile of 10, 20, 30, 40 is $value", ({ share, value }) => {
  expect(quantile(of(10, 20, 30, 40), share)).toBeCloseTo(value, 12);
});

describe("the shape of values", () => {
  test("is level where they mirror one another", () => {
    expect(skewness(of(1, 2, 3, 4, 5))).toBeCloseTo(0, 12);
    // Σ(x - 3)⁴ = 34, s⁴ = 2.5² = 6.25: 34 / 6.25 = 5.44; 5 · 6 / (4 · 3 · 2) · 5.44 - 3 · 16 / 6 = -1.2.
    expect(excessKurtosis(of(1, 2, 3, 4, 5))).toBeCloseTo(-1.2, 12);
  });

  test("leans to where the far ones are", () => {
    // Mean 2: squares 4 + 1 + 1 + 16 = 22, s² = 22 / 3; cubes -8 - 1 - 1 + 64 = 54; 4 / (3 · 2) · 54 / s³.
    expect(skewness(of(0, 1, 1, 6))).toBeCloseTo((4 / 6) * (54 / (22 / 3) ** 1.5), 12);
  });
});
