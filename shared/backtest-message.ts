/**
 * Manager ↔ backtest child, over `Bun.spawn` IPC, JSON. The life of a run:
 *
 *   manager            child
 *   prepare       →
 *                 ←    needs      (code bundled and loaded, params checked, `feeds()` asked)
 *   run           →               (the market is pinned in a file)
 *                 ←    progress … (every `PROGRESS_MS` at most, and the sign of life of the run)
 *                 ←    done       (`report.json` and `full.json` lie in the folder; the process ends)
 *                   or figures    (nothing is written: a run of many wants its figures alone)
 *
 * or `refused` (the file or its params), `threw` (the author's code) at any time; nothing after it. The
 * child has no key, no account and no way to the network. What it says is not trusted.
 */
import { z } from "zod";
import { AuthorError } from "#shared/author-error.ts";
import { BacktestSettings, SeriesCoverage } from "#shared/backtest.ts";
import { Feed } from "#shared/candle.ts";
import { FEEDS_MAX } from "#shared/child-limits.ts";
import { Problem, StrategyMeta } from "#shared/inspection.ts";
import { Params } from "#shared/settings.ts";
import { SweepFigures } from "#shared/sweep.ts";

/** How often a run tells how far it is, in ms. */
export const PROGRESS_MS = 100;

export const ToBacktest = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("prepare"),
    code: z.discriminatedUnion("kind", [
      /** The author's file, absolute: bundled by the child. */
      z.object({ kind: z.literal("file"), path: z.string() }),
      /** A bundle that the manager keeps, absolute. */
      z.object({ kind: z.literal("bundle"), path: z.string() }),
    ]),
    /** Existing, empty folder of this run: all that it writes lies there. */
    folder: z.string(),
    params: Params,
    /** As typed on the command line; they win. */
    paramsText: z.record(z.string(), z.string()),
    settings: BacktestSettings,
    /** What is made of the run: the files of a report, or a message with its figures. */
    result: z.enum(["files", "figures"]),
  }),
  z.object({
    kind: z.literal("run"),
    /** Absolute path of the snapshot, which may hold more than this run is about. */
    snapshot: z.string(),
    /** What is said of the data in the report. */
    coverage: z.array(SeriesCoverage),
  }),
]);
export type ToBacktest = Readonly<z.infer<typeof ToBacktest>>;

export const FromBacktest = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("needs"),
    meta: StrategyMeta,
    /** What the class's schema made of them, defaults filled in. */
    params: Params,
    /** Hash of the bundle. */
    code: z.string(),
    feeds: z.array(Feed).max(FEEDS_MAX),
  }),
  z.object({
    kind: z.literal("progress"),
    done: z.int().nonnegative(),
    /** Candles in all. */
    total: z.int().nonnegative(),
    /** Simulated time. */
    timeMs: z.int(),
    equity: z.number(),
  }),
  z.object({ kind: z.literal("done") }),
  z.object({ kind: z.literal("figures"), figures: SweepFigures }),
  z.object({ kind: z.literal("refused"), problems: z.array(Problem).min(1) }),
  z.object({ kind: z.literal("threw"), error: AuthorError }),
]);
export type FromBacktest = Readonly<z.infer<typeof FromBacktest>>;
