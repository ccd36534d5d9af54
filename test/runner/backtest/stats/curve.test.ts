import { expect, test } from "bun:test";
import { curveOf } from "#runner/backtest/stats/curve.ts";
import { CURVE_POINTS_MAX } from "#shared/backtest.ts";
import { HOUR_MS, randomRecord, START_MS } from "#test/support/backtest-run.ts";
import { num, table } from "#test/support/table.ts";

const sizes = table(
  { steps: num, least: num, most: num },
  `
  steps  | least | most
  0      |     1 |    1
  1      |     2 |    2
  999    |  1000 | 1000
  1000   |   500 | 1000
  40000  |   900 | 1000
`,
);
test.each(sizes)("$steps steps are $least to $most points", ({ steps, least, most }) => {
  const curve = curveOf(randomRecord({ seed: 5, steps, stepMs: 60_000 }), START_MS);
  expect(most).toBeLessThanOrEqual(CURVE_POINTS_MAX);
  expect(curve.length).toBeGreaterThanOrEqual(least);
  expect(curve.length).toBeLessThanOrEqual(most);
});

test.each([1, 2, 3, 4])("what is left out of seed %i lies between what is shown", (seed) => {
  const record = randomRecord({ seed, steps: 12_345, stepMs: HOUR_MS });
  const curve = curveOf(record, START_MS);
  const values = curve.map(({ equity }) => equity);
  expect(Math.max(...values)).toBe(Math.max(record.capital, ...record.equity));
  expect(Math.min(...values)).toBe(Math.min(record.capital, ...record.equity));
  expect(curve[0]).toEqual({ timeMs: START_MS, equity: record.capital, drawdown: 0, hold: 1 });
  expect(curve.at(-1)).toMatchObject({
    timeMs: record.timeMs.at(-1) ?? 0,
    equity: record.equity.at(-1) ?? 0,
    hold: record.hold.at(-1) ?? 0,
  });
  const times = curve.map(({ timeMs }) => timeMs);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
});

test("a drawdown is below the peak of all steps, shown or not", () => {
  const record = randomRecord({ seed: 9, steps: 5000 });
  const step = new Map(Array.from(record.timeMs, (timeMs, index) => [timeMs, index]));
  for (const { timeMs, equity, drawdown } of curveOf(record, START_MS).slice(1)) {
    const before = record.equity.subarray(0, (step.get(timeMs) ?? 0) + 1);
    const peak = before.reduce((highest, value) => Math.max(highest, value), record.capital);
    expect(drawdown).toBeCloseTo(1 - equity / peak, 12);
  }
});
