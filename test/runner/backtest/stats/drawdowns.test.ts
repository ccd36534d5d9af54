import { describe, expect, test } from "bun:test";
import { drawdowns } from "#runner/backtest/stats/drawdowns.ts";
import { HOUR_MS, randomRecord, recordOf, START_MS } from "#test/support/backtest-run.ts";

const EMPTY = recordOf({
  capital: 100,
  startMs: START_MS,
  stepMs: HOUR_MS,
  closes: {},
  fills: [],
  fundings: [],
});

/** Hourly values after a capital of 100. */
const of = (...equity: readonly number[]) =>
  drawdowns(
    {
      ...EMPTY,
      timeMs: Float64Array.from(equity, (_, step) => START_MS + (step + 1) * HOUR_MS),
      equity: Float64Array.from(equity),
    },
    START_MS,
  );

describe("drawdowns", () => {
  test("are measured from peak to recovery, and the last one to the end", () => {
    // From 100 at hour 0 to 90 (10 %) and back at hour 3; from 120 at hour 4 to 90 (25 %), still at hour 7.
    const result = of(95, 90, 100, 120, 108, 90, 114);
    expect(result.maxRatio).toBeCloseTo(0.25, 12);
    expect(result.avgRatio).toBeCloseTo((0.1 + 0.25) / 2, 12);
    expect(result.maxMs).toBe(3 * HOUR_MS);
    expect(result.avgMs).toBe(3 * HOUR_MS);
    expect(result.peakEquity).toBe(120);
    expect(result.underwaterRatio).toBeCloseTo(5 / 7, 12);
  });

  test("are none while the account only grows", () => {
    const result = of(100, 101, 102);
    expect(result).toMatchObject({ maxRatio: 0, maxMs: 0, underwaterRatio: 0, peakEquity: 102 });
  });

  test("begin at the capital when nothing was ever won", () => {
    expect(of(80, 90)).toMatchObject({ peakEquity: 100, maxMs: 2 * HOUR_MS });
    expect(of(80, 90).maxRatio).toBeCloseTo(0.2, 12);
  });

  test("go beyond all when more than all is lost", () => {
    expect(of(-10).maxRatio).toBeCloseTo(1.1, 12);
  });

  test("of no step are none", () => {
    expect(of()).toMatchObject({ maxRatio: 0, peakEquity: 100, underwaterRatio: 0 });
  });
});

test.each([1, 2, 3])("the deepest of seed %i is the deepest of all pairs", (seed) => {
  const record = randomRecord({ seed, steps: 400 });
  const values = [record.capital, ...record.equity];
  const pairs = values.flatMap((peak, index) => values.slice(index).map((low) => 1 - low / peak));
  expect(drawdowns(record, START_MS).maxRatio).toBeCloseTo(Math.max(...pairs), 12);
});
