import { describe, expect, test } from "bun:test";
import { figuresOf } from "#runner/backtest/figures.ts";
import { buildReport } from "#runner/backtest/report.ts";
import { SweepFigures } from "#shared/sweep.ts";
import { contextOf } from "#test/support/backtest-report.ts";
import { randomRecord, recordOf, START_MS } from "#test/support/backtest-run.ts";

describe("the figures of a run", () => {
  test("are those of its report", () => {
    const record = randomRecord({ seed: 11, steps: 3000, tradeRatio: 0.1 });
    const context = contextOf(record);
    const { report } = buildReport(record, context);
    const figures = figuresOf(record, context);
    expect(SweepFigures.parse(figures)).toEqual(figures);
    expect(figures).toMatchObject({
      stats: report.stats,
      skew: report.more.skew,
      kurtosis: report.more.kurtosis,
      days: 125,
    });
    // The Sharpe ratio is made of the two.
    const sharpe = (figures.dailyMean / figures.dailyDeviation) * Math.sqrt(365);
    expect(sharpe).toBeCloseTo(report.stats.sharpe ?? Number.NaN, 9);
  });

  test("of a run without a candle are nothing, and numbers all the same", () => {
    const record = recordOf({
      capital: 1000,
      startMs: START_MS,
      stepMs: 3_600_000,
      closes: { BTC: [] },
      fills: [],
      fundings: [],
    });
    const figures = figuresOf(record, contextOf(record));
    expect(SweepFigures.parse(figures)).toMatchObject({ days: 0, dailyMean: 0, dailyDeviation: 0 });
  });
});
