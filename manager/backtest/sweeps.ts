/** Sweeps: many backtests of one strategy over one pinned market, each in a throwaway child of its own. */
import { chmodSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { PinnedSnapshot, SnapshotSource } from "#manager/archive/snapshot-source.ts";
import { lookAt } from "#manager/backtest/ask-params.ts";
import { BacktestCancelledError, TooManySweepsError } from "#manager/backtest/errors.ts";
import type { LifeLimits, Outcome } from "#manager/backtest/life.ts";
import type { BacktestResults } from "#manager/backtest/results.ts";
import { BacktestRun, type RunRequest } from "#manager/backtest/run.ts";
import { Slots } from "#manager/backtest/slots.ts";
import { findSubject, type Subject } from "#manager/backtest/subject.ts";
import { SweepNote } from "#manager/backtest/sweep-note.ts";
import { toldLines } from "#manager/backtest/told-lines.ts";
import { type Inspected, StrategyRefusedError } from "#manager/inspector.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import { unreachable } from "#shared/assert.ts";
import { type FeedRequest, feedKey } from "#shared/candle.ts";
import type { Clock } from "#shared/clock.ts";
import type { STREAMS, StreamLine } from "#shared/control-streams.ts";
import { MalformedError, messageOf } from "#shared/errors.ts";
import { describeExit } from "#shared/exit.ts";
import { BUNDLE_FILE, type Home } from "#shared/paths.ts";
import type { SweepJob, SweepOutcome, SweepSet } from "#shared/sweep.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** Sweeps that run at the same time: each takes all cores. */
const SWEEPS_AT_ONCE_MAX = 2;
/** Combinations that one child tries: reading its answer keeps the manager for some ms. */
const SETS_A_LOOK_MAX = 1000;
/** Children that are made ready while the others run, so that no core waits for a start. */
const READY_AHEAD = 1;
/** The market, in the folder of a sweep. */
const SNAPSHOT_FILE = "market.snapshot";
/** No run may change what the others read. */
const READ_ONLY = 0o400;

export type SweepPlanRequest = z.output<(typeof STREAMS)["sweepPlan"]["request"]>;
export type SweepRequest = z.output<(typeof STREAMS)["sweep"]["request"]>;
type PlanLine = StreamLine<"sweepPlan">;
type Line = StreamLine<"sweep">;

export interface SweepsOptions {
  readonly home: Home;
  /** The runner's entry, absolute: where files are looked at. */
  readonly runner: string;
  /** The entry of a run's process, absolute: asked at each start. */
  readonly liveRunner: () => string;
  readonly source: SnapshotSource;
  readonly registry: Registry;
  readonly events: Pick<EventStore, "append">;
  readonly clock: Clock;
  readonly limits: LifeLimits;
  /** Where folders are made in which something runs; those of a manager that was killed go with it. */
  readonly folders: Pick<BacktestResults, "stage" | "discard">;
}

/** A strategy whose combinations were tried. */
interface Looked {
  readonly subject: Subject;
  readonly meta: Inspected["meta"];
  /** Path of the bundle that every run loads. */
  readonly bundle: string;
  /** Of all combinations together, each with its longest warm-up. */
  readonly feeds: readonly FeedRequest[];
  readonly refused: Extract<PlanLine, { kind: "planned" }>["refused"];
}

/** What belongs to one sweep while it goes on. */
interface Going<Said> {
  readonly subject: Subject;
  readonly folder: string;
  readonly tell: (line: Said) => void;
  readonly signal: AbortSignal;
}

export class Sweeps {
  readonly #options: SweepsOptions;
  readonly #closing = new AbortController();
  readonly #going = new Set<Promise<unknown>>();

  constructor(options: SweepsOptions) {
    this.#options = options;
  }

  /**
   * Which combinations the strategy takes, and the range that all of them can run over. Throws why
   * there is none; aborting `signal` ends it.
   */
  plan(request: SweepPlanRequest, signal: AbortSignal): AsyncGenerator<PlanLine> {
    return this.#open<PlanLine>(request, signal, async (going) => {
      const looked = await this.#look(request, going);
      const { header } = await this.#pin(looked, request.settings, going);
      const stepMs = Math.min(...looked.feeds.map(({ timeframe }) => TIMEFRAME_MS[timeframe]));
      const { meta, feeds, refused } = looked;
      const { fromMs, toMs } = header;
      going.tell({ kind: "planned", meta, fromMs, toMs, stepMs, feeds: [...feeds], refused });
    });
  }

  /**
   * Runs every job, and tells of each as it ends. What goes wrong with one is its outcome; what goes
   * wrong with all is thrown. Aborting `signal` ends them; nothing is left either way.
   */
  run(request: SweepRequest, signal: AbortSignal): AsyncGenerator<Line> {
    const { sets, jobs } = request;
    const lost = jobs.find(({ set }) => set >= sets.length);
    if (lost !== undefined) {
      const problem = `a job names combination ${lost.set} of ${sets.length}`;
      throw new MalformedError("the sweep", problem);
    }
    return this.#open<Line>(request, signal, async (opened) => {
      await this.#noted(opened, jobs.length, async (going) => await this.#sweep(request, going));
    });
  }

  /** Writes into the history that it began and how it ended; throws what it throws. */
  async #noted(
    going: Going<Line>,
    runs: number,
    sweep: (going: Going<Line>) => Promise<void>,
  ): Promise<void> {
    const note = new SweepNote(going.subject, runs, this.#options);
    const tell = (line: Line): void => {
      if (line.kind === "ran") note.ran(line.outcome);
      if (line.kind === "done") note.done();
      going.tell(line);
    };
    try {
      await sweep({ ...going, tell });
    } catch (thrown) {
      if (!going.signal.aborted) note.failed(thrown);
      else note.interrupted(this.#closing.signal.aborted ? "manager" : "client");
      throw thrown;
    }
  }

  async #sweep(request: SweepRequest, going: Going<Line>): Promise<void> {
    const { jobs, settings } = request;
    const looked = await this.#look(request, going);
    const fromMs = jobs.reduce((first, job) => Math.min(first, job.fromMs), Infinity);
    const toMs = jobs.reduce((last, job) => Math.max(last, job.toMs), 0);
    const pinned = await this.#pin(looked, { ...settings, fromMs, toMs }, going);
    chmodSync(looked.bundle, READ_ONLY);
    const parallel = request.parallel ?? availableParallelism();
    going.tell({ kind: "pinned", parallel });
    await this.#runAll(request, { looked, pinned, parallel }, going);
    going.tell({ kind: "done" });
  }

  /** Ends all of them; resolves when none has a process any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#going);
  }

  /** Throws at once what is wrong with the request. */
  #open<Said>(
    { strategy }: SweepPlanRequest,
    signal: AbortSignal,
    work: (going: Going<Said>) => Promise<void>,
  ): AsyncGenerator<Said> {
    const subject = findSubject(strategy, this.#options);
    if (this.#going.size >= SWEEPS_AT_ONCE_MAX) throw new TooManySweepsError(this.#going.size);
    const closing = this.#closing.signal;
    return toldLines<Said>(AbortSignal.any([signal, closing]), async (tell, inner) => {
      const folder = this.#options.folders.stage();
      const task = work({ subject, folder, tell, signal: inner });
      this.#going.add(task);
      try {
        await task;
      } catch (thrown) {
        if (!inner.aborted) throw thrown;
        throw new BacktestCancelledError(subject.what, closing.aborted ? "manager" : "client");
      } finally {
        this.#options.folders.discard(folder);
        this.#going.delete(task);
      }
    });
  }

  /** Tries the combinations in children of their own. Throws when the strategy takes none of them. */
  async #look(request: SweepPlanRequest, going: Going<never>): Promise<Looked> {
    const { subject, folder, signal } = going;
    const params = { ...subject.params, ...request.params };
    const verdicts: Inspected["sets"] = [];
    let first: Inspected | undefined;
    for (const sets of slicesOf(request.sets)) {
      const given = sets.map((set) => ({ params, paramsText: { ...request.paramsText, ...set } }));
      const looked = await this.#lookAt(given, { ...going, isFirst: first === undefined });
      first ??= looked;
      verdicts.push(...looked.sets);
      signal.throwIfAborted();
    }
    const refused = verdicts.flatMap((verdict, set) =>
      verdict.kind === "refused" ? [{ set, reason: verdict.problem.message }] : [],
    );
    const feeds = unitedFeeds(
      verdicts.flatMap((verdict) => (verdict.kind === "accepted" ? verdict.feeds : [])),
    );
    if (first === undefined || feeds.length === 0) {
      const problems = verdicts.flatMap((set) => (set.kind === "refused" ? [set.problem] : []));
      throw new StrategyRefusedError(subject.what, problems, REFUSED_REMEDY);
    }
    return { subject, meta: first.meta, bundle: join(folder, BUNDLE_FILE), feeds, refused };
  }

  /** The first look leaves its bundle in the sweep's folder. */
  async #lookAt(
    sets: Parameters<typeof lookAt>[0]["sets"],
    { subject, folder, signal, isFirst }: Going<never> & { readonly isFirst: boolean },
  ): Promise<Inspected> {
    const { folders } = this.#options;
    const outFolder = isFirst ? folder : folders.stage();
    try {
      const wanted = { file: subject.code.path, outFolder, sets, check: false };
      return await lookAt(wanted, this.#options, signal);
    } finally {
      if (!isFirst) folders.discard(outFolder);
    }
  }

  async #pin(
    { feeds }: Looked,
    { fromMs, toMs, detail, funding, allowGaps, leverage }: SweepPlanRequest["settings"],
    { folder, tell, signal }: Going<Extract<PlanLine, { kind: "fetching" }>>,
  ): Promise<PinnedSnapshot> {
    const path = join(folder, SNAPSHOT_FILE);
    const pinned = await this.#options.source.pin(
      { feeds, fromMs, toMs, detail, funding, allowGaps, leverage },
      path,
      { onFetch: (progress) => tell({ kind: "fetching", ...progress }), signal },
    );
    chmodSync(path, READ_ONLY);
    return pinned;
  }

  /** So many children run, and `READY_AHEAD` more are ready to: they wait for their market. */
  async #runAll(
    request: SweepRequest,
    { looked, pinned, parallel }: Shared,
    { tell, signal }: Going<Line>,
  ): Promise<void> {
    const source = sharedSource(pinned, new Slots(parallel));
    const jobs = request.jobs.entries();
    const work = async (): Promise<void> => {
      for (const [job, asked] of jobs) {
        if (signal.aborted) return;
        const outcome = await this.#runOne(requestOf(request, asked, looked), source, signal);
        if (outcome !== undefined) tell({ kind: "ran", job, outcome });
      }
    };
    const workers = Math.min(request.jobs.length, parallel + READY_AHEAD);
    await Promise.all(Array.from({ length: workers }, work));
    signal.throwIfAborted();
  }

  /** Undefined when nobody wants it any more. */
  async #runOne(
    request: RunRequest,
    source: SnapshotSource,
    signal: AbortSignal,
  ): Promise<SweepOutcome | undefined> {
    const { liveRunner, clock, limits, folders } = this.#options;
    const folder = folders.stage();
    const run = new BacktestRun(request, { runner: liveRunner(), folder, source, clock, limits });
    const cancel = () => run.cancel("client");
    signal.addEventListener("abort", cancel);
    try {
      run.start();
      return sweepOutcome(await run.over);
    } finally {
      signal.removeEventListener("abort", cancel);
      folders.discard(folder);
    }
  }
}

/** What all runs of a sweep share. */
interface Shared {
  readonly looked: Looked;
  readonly pinned: PinnedSnapshot;
  readonly parallel: number;
}

/** Hands every run the same market when its turn has come; a run that is over makes room for the next. */
const sharedSource = (pinned: PinnedSnapshot, slots: Slots): SnapshotSource => ({
  pin: async (_request, _path, { signal }) => {
    await slots.acquire(signal);
    return { ...pinned, release: () => slots.release() };
  },
});

function requestOf(request: SweepRequest, job: SweepJob, { subject, bundle }: Looked): RunRequest {
  const { fromMs, toMs } = job;
  return {
    code: { kind: "bundle", path: bundle },
    params: { ...subject.params, ...request.params },
    paramsText: { ...request.paramsText, ...request.sets[job.set] },
    settings: { ...request.settings, fromMs, toMs },
    result: "figures",
  };
}

function slicesOf(sets: readonly SweepSet[]): (readonly SweepSet[])[] {
  const count = Math.ceil(sets.length / SETS_A_LOOK_MAX);
  return Array.from({ length: count }, (_, index) =>
    sets.slice(index * SETS_A_LOOK_MAX, (index + 1) * SETS_A_LOOK_MAX),
  );
}

/** Each once, with the longest warm-up that is asked of it. */
function unitedFeeds(feeds: readonly FeedRequest[]): FeedRequest[] {
  const united = new Map<string, FeedRequest>();
  for (const feed of feeds) {
    const key = feedKey(feed);
    const warmup = Math.max(feed.warmup, united.get(key)?.warmup ?? 0);
    united.set(key, { ...feed, warmup });
  }
  return [...united.values()];
}

function sweepOutcome(outcome: Outcome): SweepOutcome | undefined {
  switch (outcome.kind) {
    case "measured":
      return { kind: "done", figures: outcome.figures };
    case "finished":
      return { kind: "failed", reason: "it told no figures" };
    case "refused":
      return { kind: "failed", reason: outcome.problems[0]?.message ?? "refused" };
    case "threw":
      return { kind: "failed", reason: `${outcome.error.where}: ${outcome.error.message}` };
    case "not-pinned":
      return { kind: "failed", reason: messageOf(outcome.thrown) };
    case "died":
      return { kind: "failed", reason: describeExit(outcome.exit) };
    case "cancelled":
      return undefined;
    default:
      return unreachable(outcome, "outcome of a backtest");
  }
}

const REFUSED_REMEDY =
  "mend the file or its params, which `kumbh backtest FILE --help` lists; nothing was run";
