import { describe, expect, test } from "bun:test";
import type { RunRecord } from "#runner/backtest/record.ts";
import { DAY_MS, dailySeries, dayOf, monthlyReturns } from "#runner/backtest/stats/daily.ts";
import { HOUR_MS, randomRecord, recordOf, START_MS } from "#test/support/backtest-run.ts";

const EMPTY = recordOf({
  capital: 100,
  startMs: START_MS,
  stepMs: HOUR_MS,
  closes: {},
  fills: [],
  fundings: [],
});

/** A run with these account values at these hours after the start. */
const runOf = (values: readonly (readonly [hour: number, equity: number])[]): RunRecord => ({
  ...EMPTY,
  timeMs: Float64Array.from(values, ([hour]) => START_MS + hour * HOUR_MS),
  equity: Float64Array.from(values, ([, equity]) => equity),
});

test("a close at midnight belongs to the day that ends", () => {
  expect(dayOf(START_MS + DAY_MS)).toBe(START_MS / DAY_MS);
  expect(dayOf(START_MS + DAY_MS + 1)).toBe(START_MS / DAY_MS + 1);
});

describe("the days of a run", () => {
  test("end with the last value of each, and begin with the capital", () => {
    const daily = dailySeries(
      runOf([
        [12, 90],
        [24, 110],
        [36, 120],
        [48, 99],
      ]),
    );
    // 110 / 100 - 1 = 0.1; 99 / 110 - 1 = -0.1.
    expect(daily.firstDay).toBe(START_MS / DAY_MS);
    expect([...daily.equity]).toEqual([110, 99]);
    expect(daily.returns[0]).toBeCloseTo(0.1, 12);
    expect(daily.returns[1]).toBeCloseTo(-0.1, 12);
  });

  test("keep the value where no candle closed", () => {
    const daily = dailySeries(
      runOf([
        [24, 110],
        [96, 121],
      ]),
    );
    expect([...daily.equity]).toEqual([110, 110, 110, 121]);
  });

  test("win and lose nothing once nothing is left", () => {
    const daily = dailySeries(
      runOf([
        [24, 0],
        [48, 0],
      ]),
    );
    expect([...daily.returns]).toEqual([-1, 0]);
  });

  test("are none without a candle", () => {
    expect(dailySeries(EMPTY)).toMatchObject({ equity: new Float64Array(0) });
    expect(monthlyReturns(dailySeries(EMPTY), 100)).toEqual([]);
  });
});

test("a month is measured from the end of the one before", () => {
  const values = [
    [24, 110],
    [31 * 24, 120],
    [32 * 24, 90],
    [59 * 24, 132],
    [60 * 24, 66],
  ] as const;
  // January 120 / 100, February 132 / 120, March 66 / 132.
  const months = monthlyReturns(dailySeries(runOf(values)), 100);
  expect(months.map(({ month }) => month)).toEqual(["2026-01", "2026-02", "2026-03"]);
  expect(months.map(({ returnRatio }) => returnRatio.toFixed(12))).toEqual([
    "0.200000000000",
    "0.100000000000",
    "-0.500000000000",
  ]);
});

test.each([1, 2, 3, 4, 5])("days and months of seed %i compound to the whole", (seed) => {
  const record = randomRecord({ seed, steps: 2000, stepMs: 3 * HOUR_MS });
  const daily = dailySeries(record);
  const whole = (record.equity.at(-1) ?? 0) / record.capital;
  const ofDays = daily.returns.reduce((product, change) => product * (1 + change), 1);
  const ofMonths = monthlyReturns(daily, record.capital).reduce(
    (product, { returnRatio }) => product * (1 + returnRatio),
    1,
  );
  expect(ofDays).toBeCloseTo(whole, 10);
  expect(ofMonths).toBeCloseTo(whole, 10);
});
