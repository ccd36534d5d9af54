/** Many backtests of one strategy over one pinned market: what is asked, and what each tells. */
import { z } from "zod";
import { BacktestStats } from "#shared/backtest.ts";

/** Most combinations of params of one request. */
export const SWEEP_SETS_MAX = 10_000;
/** Most runs of one request. */
export const SWEEP_JOBS_MAX = 20_000;
/** Most runs at the same time. */
export const SWEEP_PARALLEL_MAX = 256;

/** A combination: the params that are swept, as they would be typed. */
export const SweepSet = z.record(z.string(), z.string());
export type SweepSet = Readonly<z.infer<typeof SweepSet>>;

/** One run: a combination, and its part of the range. */
export const SweepJob = z.object({
  /** Its place in the request's list of combinations. */
  set: z.int().nonnegative(),
  fromMs: z.int(),
  /** First ms after it. */
  toMs: z.int(),
});
export type SweepJob = Readonly<z.infer<typeof SweepJob>>;

/** What a sweep keeps of a run. */
export const SweepFigures = z.object({
  stats: BacktestStats,
  /** Of the daily returns; null where there are too few. */
  skew: z.number().nullable(),
  kurtosis: z.number().nullable(),
  /** Daily returns. */
  days: z.int(),
  /** Their mean and their standard deviation (of the sample); 0 where there are too few for one. */
  dailyMean: z.number(),
  dailyDeviation: z.number(),
});
export type SweepFigures = Readonly<z.infer<typeof SweepFigures>>;

export const SweepOutcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), figures: SweepFigures }),
  /** Its params were refused, it threw, it was killed: why, in words. */
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
export type SweepOutcome = Readonly<z.infer<typeof SweepOutcome>>;
