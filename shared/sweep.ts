/** Many backtests of one strategy over one pinned market: what is asked, and what each tells. */
import { z } from "zod";
import { BacktestStats } from "#shared/backtest.ts";

/** Most runs of one request. */
export const SWEEP_JOBS_MAX = 20_000;

/** One run: the params that differ, and its part of the range. */
export const SweepJob = z.object({
  paramsText: z.record(z.string(), z.string()),
  fromMs: z.int(),
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
});
export type SweepFigures = Readonly<z.infer<typeof SweepFigures>>;

export const SweepOutcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), figures: SweepFigures }),
  /** Its params were refused, it threw, it was killed: why, in words. */
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
export type SweepOutcome = Readonly<z.infer<typeof SweepOutcome>>;
