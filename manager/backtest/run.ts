/** One backtest as it is carried out: its process, its market, its looks from outside. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { PinnedSnapshot, SnapshotSource } from "#manager/archive/snapshot-source.ts";
import {
  type Effect,
  type LifeEvent,
  type LifeLimits,
  type LifeState,
  type Outcome,
  type Progress,
  step,
} from "#manager/backtest/life.ts";
import { type ChildProcess, spawnChild } from "#manager/supervisor/child-process.ts";
import { MessageRate } from "#manager/supervisor/health.ts";
import { readMemory } from "#manager/supervisor/usage.ts";
import { assert, unreachable } from "#shared/assert.ts";
import type { BacktestSettings } from "#shared/backtest.ts";
import { FromBacktest, type ToBacktest } from "#shared/backtest-message.ts";
import type { FeedRequest } from "#shared/candle.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import type { StreamLine } from "#shared/control-streams.ts";
import { messageOf } from "#shared/errors.ts";
import type { ExitCause } from "#shared/exit.ts";
import { parseValue } from "#shared/json.ts";
import type { Params } from "#shared/settings.ts";

/** How often a process is looked at from outside, in ms: what it grows in between is not noticed. */
const LOOK_MS = 100;
/** Lines and bytes of its output that an error shows. */
const OUTPUT_TAIL_LINES = 10;
const OUTPUT_TAIL_BYTES = 4096;
/** Most characters of what is said about a message that is none: it may have a million faults. */
const PROBLEM_LENGTH_MAX = 500;
/** The market, and what the author's code prints, in the folder of a run. */
const SNAPSHOT_FILE = "market.snapshot";
export const OUTPUT_FILE = "output.log";

type PrepareMessage = Extract<ToBacktest, { kind: "prepare" }>;
/** What a run tells while it lasts: how far it is. */
export type RunLine = Exclude<StreamLine<"backtest">, { kind: "done" }>;

export interface RunRequest {
  readonly code: PrepareMessage["code"];
  readonly params: Params;
  readonly paramsText: Readonly<Record<string, string>>;
  readonly settings: BacktestSettings;
  readonly result: PrepareMessage["result"];
}

export interface RunOptions {
  /** The runner's entry, absolute. */
  readonly runner: string;
  /** Existing and empty: all that the run writes lies there. */
  readonly folder: string;
  readonly source: SnapshotSource;
  readonly clock: Clock;
  readonly limits: LifeLimits;
}

export class BacktestRun {
  readonly #request: RunRequest;
  readonly #options: RunOptions;
  readonly #abort = new AbortController();
  readonly #over = Promise.withResolvers<Outcome>();
  readonly #rate = new MessageRate();
  #state: LifeState = { kind: "queued" };
  #process: ChildProcess | undefined;
  #snapshot: PinnedSnapshot | undefined;
  #look: Timer | undefined;
  /** Only the newest is of interest: a reader that is slow skips what was in between. */
  #line: RunLine | undefined;
  #news = Promise.withResolvers<void>();
  /** How far it has said to be. */
  reached: Progress | undefined;

  constructor(request: RunRequest, options: RunOptions) {
    this.#request = request;
    this.#options = options;
  }

  /** How it ended; then no process is left, and nobody writes into its folder any more. */
  get over(): Promise<Outcome> {
    return this.#over.promise;
  }

  /** Its turn has come: it is started. */
  start(): void {
    this.#dispatch({ kind: "turn" });
  }

  /** Somebody does not want it any more. */
  cancel(by: "client" | "manager"): void {
    this.#dispatch({ kind: "cancelled", by });
  }

  /** Something that whoever reads `lines` should know. */
  tell(line: RunLine): void {
    this.#line = line;
    this.#news.resolve();
  }

  /** How far it is, from now on until it is over. */
  async *lines(): AsyncGenerator<RunLine> {
    for (;;) {
      await this.#news.promise;
      this.#news = Promise.withResolvers();
      const line = this.#line;
      this.#line = undefined;
      if (line !== undefined) yield line;
      if (this.#state.kind === "over") return;
    }
  }

  /** The last lines that it printed. */
  async outputTail(): Promise<string> {
    const from = Math.max(0, sizeOf(this.#outputPath) - OUTPUT_TAIL_BYTES);
    const file = Bun.file(this.#outputPath);
    // A process that could not be started printed nothing.
    const text = (await file.exists()) ? await file.slice(from).text() : "";
    return text.trimEnd().split("\n").slice(-OUTPUT_TAIL_LINES).join("\n");
  }

  get #outputPath(): string {
    return join(this.#options.folder, OUTPUT_FILE);
  }

  #dispatch(event: LifeEvent): void {
    const { limits, clock } = this.#options;
    const { state, effects } = step(this.#state, event, limits, clock.monotonic());
    const wasOver = this.#state.kind === "over";
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state.kind !== "over" || wasOver) return;
    this.#look?.cancel();
    this.#snapshot?.release();
    this.#over.resolve(state.outcome);
    this.#news.resolve();
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case "spawn":
        return this.#spawn();
      case "pin":
        return void this.#pin(effect.feeds);
      case "abort-pin":
        return this.#abort.abort();
      case "run":
        return this.#run();
      case "tell":
        this.reached = effect.progress;
        return this.tell(effect.progress);
      case "kill":
        return this.#process?.signal("SIGKILL");
      default:
        return unreachable(effect, "effect of a backtest");
    }
  }

  #spawn(): void {
    const { runner, folder } = this.#options;
    try {
      this.#process = spawnChild({
        runner,
        mode: "backtest",
        cwd: folder,
        logPath: this.#outputPath,
        env: {},
        onMessage: (message) => this.#hear(message),
        onDisconnected: () => this.#misbehaved("it closed its IPC"),
        onExit: (code, signal) => this.#dispatch({ kind: "exited", code, signal }),
      });
    } catch (error) {
      return this.#dispatch({ kind: "not-spawned", problem: messageOf(error) });
    }
    this.#say({ kind: "prepare", folder, ...this.#request });
    this.#lookSoon();
  }

  #say(message: ToBacktest): void {
    this.#process?.send(message);
  }

  #hear(value: unknown): void {
    const flood = this.#rate.add(this.#options.clock.monotonic());
    if (flood !== undefined) return this.#dispatch({ kind: "misbehaved", cause: flood });
    let message: FromBacktest;
    try {
      message = parseValue(FromBacktest, value, "a message of the backtest");
    } catch (error) {
      return this.#misbehaved(messageOf(error));
    }
    this.#dispatch({ kind: "said", message });
  }

  #misbehaved(problem: string): void {
    const cause: ExitCause = { kind: "protocol", problem: problem.slice(0, PROBLEM_LENGTH_MAX) };
    this.#dispatch({ kind: "misbehaved", cause });
  }

  #lookSoon(): void {
    this.#look = this.#options.clock.after(LOOK_MS, () => {
      const pid = this.#process?.pid;
      const memoryBytes = pid === undefined ? undefined : readMemory(pid);
      this.#lookSoon();
      this.#dispatch({
        kind: "looked",
        memoryBytes: memoryBytes ?? null,
        outputBytes: sizeOf(this.#outputPath),
      });
    });
  }

  async #pin(feeds: readonly FeedRequest[]): Promise<void> {
    const { source, folder } = this.#options;
    const { fromMs, toMs, detail, funding, allowGaps, leverage } = this.#request.settings;
    try {
      this.#snapshot = await source.pin(
        { feeds, fromMs, toMs, detail, funding, allowGaps, leverage },
        join(folder, SNAPSHOT_FILE),
        {
          onFetch: (progress) => this.tell({ kind: "fetching", ...progress }),
          signal: this.#abort.signal,
        },
      );
    } catch (thrown) {
      return this.#dispatch({ kind: "pin-failed", thrown });
    }
    this.#dispatch({ kind: "pinned" });
  }

  #run(): void {
    assert(this.#snapshot !== undefined, "a backtest runs on a market that is pinned");
    const { path, coverage } = this.#snapshot;
    this.#say({ kind: "run", snapshot: path, coverage: [...coverage] });
  }
}

const sizeOf = (path: string): number => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
