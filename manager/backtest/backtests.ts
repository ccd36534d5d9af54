/** Backtests: each in a throwaway child, so many at once, their results kept. */
import type { z } from "zod";
import type { SnapshotSource } from "#manager/archive/snapshot-source.ts";
import { askParams } from "#manager/backtest/ask-params.ts";
import {
  BacktestCancelledError,
  BacktestDiedError,
  BacktestThrewError,
  BadResultError,
  TooManyBacktestsError,
} from "#manager/backtest/errors.ts";
import { LIFE_LIMITS, type LifeLimits, type Outcome } from "#manager/backtest/life.ts";
import { BacktestResults } from "#manager/backtest/results.ts";
import { BacktestRun, type RunRequest } from "#manager/backtest/run.ts";
import { findSubject, type Subject } from "#manager/backtest/subject.ts";
import { Sweeps } from "#manager/backtest/sweeps.ts";
import { StrategyRefusedError } from "#manager/inspector.ts";
import type { BacktestStore } from "#manager/store/backtest-store.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import { unreachable } from "#shared/assert.ts";
import type { BacktestReport, BacktestSummary } from "#shared/backtest.ts";
import type { Clock } from "#shared/clock.ts";
import type { BacktestSubject, ParamsView } from "#shared/control-api.ts";
import type { STREAMS, StreamLine } from "#shared/control-streams.ts";
import { messageOf } from "#shared/errors.ts";
import type { Home } from "#shared/paths.ts";

/** Backtests that run at the same time; the others wait. */
const AT_ONCE_MAX = 4;
/** Backtests that may wait. */
const WAITING_MAX = 100;

export type BacktestRequest = z.output<(typeof STREAMS)["backtest"]["request"]>;

export interface BacktestsOptions {
  readonly home: Home;
  /** The runner's entry, absolute: where files are looked at. */
  readonly runner: string;
  /** The entry of a run's process, absolute: asked at each start. */
  readonly liveRunner: () => string;
  readonly source: SnapshotSource;
  readonly registry: Registry;
  readonly backtestStore: BacktestStore;
  readonly events: EventStore;
  readonly clock: Clock;
  readonly limits?: LifeLimits;
  readonly atOnceMax?: number;
  readonly keptMax?: number;
}

export class Backtests {
  readonly #options: BacktestsOptions;
  readonly #results: BacktestResults;
  readonly #waiting: BacktestRun[] = [];
  readonly #running = new Set<BacktestRun>();
  /** Many runs at once, of which no results are kept. */
  readonly sweeps: Sweeps;

  /** Removes what a manager that was killed left of its backtests. */
  constructor(options: BacktestsOptions) {
    this.#options = options;
    this.#results = new BacktestResults(
      options.home.backtests,
      options.backtestStore,
      options.keptMax,
    );
    this.sweeps = new Sweeps({ limits: LIFE_LIMITS, ...options, folders: this.#results });
  }

  /**
   * Runs one: tells how far it is, and its report at the end. Throws why there is none, with nothing
   * left of it; aborting `signal` ends it.
   */
  async *run(
    request: BacktestRequest,
    signal: AbortSignal,
  ): AsyncGenerator<StreamLine<"backtest">> {
    const subject = findSubject(request.strategy, this.#options);
    if (this.#waiting.length >= WAITING_MAX) throw new TooManyBacktestsError(this.#waiting.length);
    const folder = this.#results.stage();
    const { code } = subject;
    const params = { ...subject.params, ...request.params };
    const { paramsText, settings } = request;
    const asked: RunRequest = { code, params, paramsText, settings, result: "files" };
    const run = this.#newRun(asked, folder);
    const hangUp = () => run.cancel("client");
    signal.addEventListener("abort", hangUp);
    try {
      this.#enqueue(run);
      if (signal.aborted) hangUp();
      yield* run.lines();
      const report = await this.#finish(run, subject, folder);
      yield { kind: "done", report };
    } finally {
      signal.removeEventListener("abort", hangUp);
      hangUp();
      await run.over;
      this.#results.discard(folder);
    }
  }

  /** Newest first. */
  list(): BacktestSummary[] {
    return this.#options.backtestStore.all();
  }

  /** Throws `UnknownBacktestError`. */
  report(id: number): BacktestReport {
    return this.#results.report(id);
  }

  /** Path of the full result. Throws `UnknownBacktestError`. */
  fullPath(id: number): string {
    return this.#results.fullPath(id);
  }

  /** Throws `UnknownBacktestError`, and then removes none. */
  remove(ids: readonly number[]): void {
    this.#results.remove(ids);
  }

  /** Which params a strategy has; its file is loaded in a child of its own. */
  async params(strategy: BacktestSubject): Promise<ParamsView> {
    const { code, params } = findSubject(strategy, this.#options);
    const folder = this.#results.stage();
    try {
      return { ...(await askParams(code.path, folder, this.#options)), params };
    } finally {
      this.#results.discard(folder);
    }
  }

  /** Ends all of them; resolves when none has a process any more. */
  async close(): Promise<void> {
    const runs = [...this.#waiting, ...this.#running];
    for (const run of runs) run.cancel("manager");
    await Promise.all([this.sweeps.close(), ...runs.map(async (run) => await run.over)]);
  }

  #newRun(request: RunRequest, folder: string): BacktestRun {
    const { liveRunner, source, clock, limits } = this.#options;
    return new BacktestRun(request, {
      runner: liveRunner(),
      folder,
      source,
      clock,
      limits: limits ?? LIFE_LIMITS,
    });
  }

  #enqueue(run: BacktestRun): void {
    this.#waiting.push(run);
    void this.#leaveWhenOver(run);
    this.#startNext();
  }

  async #leaveWhenOver(run: BacktestRun): Promise<void> {
    await run.over;
    this.#running.delete(run);
    const index = this.#waiting.indexOf(run);
    if (index !== -1) this.#waiting.splice(index, 1);
    this.#startNext();
  }

  /** Starts as many as may run; the others are told how many come before them. */
  #startNext(): void {
    const atOnceMax = this.#options.atOnceMax ?? AT_ONCE_MAX;
    while (this.#running.size < atOnceMax) {
      const run = this.#waiting.shift();
      if (run === undefined) return;
      this.#running.add(run);
      run.start();
    }
    for (const [ahead, run] of this.#waiting.entries()) run.tell({ kind: "waiting", ahead });
  }

  /** Keeps the result of a run that is over and tells of it. Throws why there is none. */
  async #finish(run: BacktestRun, subject: Subject, folder: string): Promise<BacktestReport> {
    try {
      await throwUnlessFinished(await run.over, run, subject.what);
      const report = this.#results.keep(folder, subject.what);
      this.#record(subject, {
        kind: "backtested",
        id: report.id ?? 0,
        name: report.strategy.name,
        trades: report.stats.trades,
        returnRatio: report.stats.returnRatio,
        tookMs: report.tookMs,
      });
      return report;
    } catch (error) {
      if (!(error instanceof BacktestCancelledError)) {
        const reason = messageOf(error);
        this.#record(subject, { kind: "backtest_failed", what: subject.what, reason });
      }
      throw error;
    }
  }

  #record(subject: Subject, body: Parameters<EventStore["append"]>[2]): void {
    const { events, clock } = this.#options;
    events.append(clock.now(), subject.strategy, body);
  }
}

async function throwUnlessFinished(
  outcome: Outcome,
  run: BacktestRun,
  what: string,
): Promise<void> {
  switch (outcome.kind) {
    case "finished":
      return;
    case "measured":
      throw new BadResultError(what, "it told its figures instead");
    case "refused":
      throw new StrategyRefusedError(what, outcome.problems, REFUSED_REMEDY);
    case "threw":
      throw new BacktestThrewError(what, outcome.error);
    case "not-pinned":
      throw outcome.thrown;
    case "died": {
      const { exit } = outcome;
      const output = await run.outputTail();
      throw new BacktestDiedError(what, { exit, reached: run.reached, output });
    }
    case "cancelled":
      throw new BacktestCancelledError(what, outcome.by);
    default:
      return unreachable(outcome, "outcome of a backtest");
  }
}

const REFUSED_REMEDY =
  "mend the file or its params, which `kumbh backtest FILE --help` lists; nothing was kept";
