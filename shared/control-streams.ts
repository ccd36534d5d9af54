/** Routes of the control API that are answered line by line, as things happen. */
import { z } from "zod";
import { BacktestReport, BacktestSettings } from "#shared/backtest.ts";
import { Coin, Feed } from "#shared/candle.ts";
import { BacktestSubject } from "#shared/control-api.ts";
import { StrategyMeta } from "#shared/inspection.ts";
import { Params } from "#shared/settings.ts";
import {
  SWEEP_JOBS_MAX,
  SWEEP_PARALLEL_MAX,
  SWEEP_SETS_MAX,
  SweepJob,
  SweepOutcome,
  SweepSet,
} from "#shared/sweep.ts";
import { Timeframe } from "#shared/timeframe.ts";

const stream = <Path extends string, Ask extends z.ZodType, Line extends z.ZodType>(
  path: Path,
  request: Ask,
  line: Line,
) => ({ method: "POST" as const, path, request, line });

/** How far candles have been fetched from the exchange. */
export const FetchLine = z.object({
  kind: z.literal("fetching"),
  what: z.string(),
  done: z.int(),
  total: z.int(),
  /** For the exchange's limit of requests a minute. */
  waits: z.boolean(),
});
export type FetchLine = Readonly<z.infer<typeof FetchLine>>;

/** What all runs of a sweep have in common. */
const SweepSubject = z.object({
  strategy: BacktestSubject,
  /** Typed values, and as typed; those of a combination win. */
  params: Params,
  paramsText: z.record(z.string(), z.string()),
  settings: BacktestSettings,
  sets: z.array(SweepSet).min(1).max(SWEEP_SETS_MAX),
});

/**
 * Routes that take long: a POST whose answer is one JSON object a line, as things happen. What fails
 * before the first line is answered as by the other routes; what fails later is the last line, an
 * `ErrorAnswer`. A client that hangs up ends the work.
 */
export const STREAMS = {
  /** Fetches candles of the exchange into the archive. */
  pull: stream(
    "/v1/candles/pull",
    z.object({ coin: Coin, timeframe: Timeframe, fromMs: z.int().nullable() }),
    z.discriminatedUnion("kind", [
      FetchLine,
      z.object({ kind: z.literal("done"), added: z.int(), from: z.int(), to: z.int() }),
    ]),
  ),
  /** Runs a strategy over history in a throwaway child. */
  backtest: stream(
    "/v1/backtests/run",
    z.object({
      strategy: BacktestSubject,
      params: Params,
      paramsText: z.record(z.string(), z.string()),
      settings: BacktestSettings,
    }),
    z.discriminatedUnion("kind", [
      /** So many others are run first. */
      z.object({ kind: z.literal("waiting"), ahead: z.int().nonnegative() }),
      FetchLine,
      z.object({
        kind: z.literal("progress"),
        done: z.int(),
        total: z.int(),
        timeMs: z.int(),
        equity: z.number(),
      }),
      z.object({ kind: z.literal("done"), report: BacktestReport }),
    ]),
  ),
  /** Which combinations of params a strategy takes, and over which range all of them can run. */
  sweepPlan: stream(
    "/v1/sweeps/plan",
    SweepSubject,
    z.discriminatedUnion("kind", [
      FetchLine,
      z.object({
        kind: z.literal("planned"),
        meta: StrategyMeta,
        fromMs: z.int(),
        /** First ms after it. */
        toMs: z.int(),
        /** Length of the shortest candle that is decided on. */
        stepMs: z.int().positive(),
        feeds: z.array(Feed),
        /** Combinations that the strategy's own schema refuses. */
        refused: z.array(z.object({ set: z.int().nonnegative(), reason: z.string() })),
      }),
    ]),
  ),
  /** Runs a strategy many times over one pinned market, each time in a throwaway child. */
  sweep: stream(
    "/v1/sweeps/run",
    SweepSubject.extend({
      jobs: z.array(SweepJob).min(1).max(SWEEP_JOBS_MAX),
      /** Runs at the same time; null: one a core of the manager's machine. */
      parallel: z.int().min(1).max(SWEEP_PARALLEL_MAX).nullable(),
    }),
    z.discriminatedUnion("kind", [
      FetchLine,
      /** The market is pinned, and the runs begin. */
      z.object({ kind: z.literal("pinned"), parallel: z.int() }),
      /** One run has ended; in the order in which they end. */
      z.object({ kind: z.literal("ran"), job: z.int().nonnegative(), outcome: SweepOutcome }),
      z.object({ kind: z.literal("done") }),
    ]),
  ),
};
export type StreamName = keyof typeof STREAMS;
export type StreamRequest<Name extends StreamName> = z.input<(typeof STREAMS)[Name]["request"]>;
export type StreamLine<Name extends StreamName> = z.output<(typeof STREAMS)[Name]["line"]>;
