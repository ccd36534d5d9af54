/** What a sweep keeps of a run: its statistics, and nothing that needs a file. */
import type { RunRecord } from "#runner/backtest/record.ts";
import { type ReportContext, startOf } from "#runner/backtest/report.ts";
import { dailySeries } from "#runner/backtest/stats/daily.ts";
import { deviation, mean } from "#runner/backtest/stats/moments.ts";
import { roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { statisticsOf } from "#runner/backtest/stats/stats.ts";
import type { SweepFigures } from "#shared/sweep.ts";

/** The same numbers as the report of the same run. */
export function figuresOf(
  record: RunRecord,
  context: Pick<ReportContext, "feeds" | "snapshot">,
): SweepFigures {
  const daily = dailySeries(record);
  const trips = roundTrips(record);
  const { stats, more } = statisticsOf({ record, trips, daily, startMs: startOf(record, context) });
  const { returns } = daily;
  return {
    stats,
    skew: more.skew,
    kurtosis: more.kurtosis,
    days: returns.length,
    dailyMean: returns.length === 0 ? 0 : mean(returns),
    dailyDeviation: returns.length < 2 ? 0 : deviation(returns),
  };
}
