/** `runner/main.ts backtest`: the throwaway process of one run. */
import { join } from "node:path";
import { authorErrorOf, STACK_FRAMES_MAX } from "#runner/author-error.ts";
import { reachesModules } from "#runner/backtest/enclosed-modules.ts";
import { enclose } from "#runner/backtest/enclosure.ts";
import { HookError } from "#runner/backtest/errors.ts";
import { figuresOf } from "#runner/backtest/figures.ts";
import { partOf } from "#runner/backtest/part.ts";
import { type Preparation, type Prepared, prepare } from "#runner/backtest/prepare.ts";
import { buildReport } from "#runner/backtest/report.ts";
import { BacktestRun, type RunProgress } from "#runner/backtest/run.ts";
import { RunLog } from "#runner/backtest/run-log.ts";
import { SimulatedTimers } from "#runner/backtest/timers.ts";
import { raiseWall } from "#runner/backtest/wall.ts";
import { provideKumbh } from "#runner/load.ts";
import { openPipe, type Pipe } from "#runner/pipe.ts";
import { assert, unreachable } from "#shared/assert.ts";
import { FULL_FILE, REPORT_FILE } from "#shared/backtest.ts";
import { FromBacktest, ToBacktest } from "#shared/backtest-message.ts";
import type { UnixMs } from "#shared/clock.ts";
import { parseValue } from "#shared/json.ts";
import { createLog, type Log } from "#shared/log.ts";
import { readSnapshot } from "#shared/snapshot.ts";
import { VERSION } from "#shared/version.ts";

/** What a strategy writes is the business of its owner alone. */
const PRIVATE_UMASK = 0o077;

type Order = Extract<ToBacktest, { kind: "run" }>;

/** Waits for the manager's first message, and goes on by itself from there. */
export function runBacktest(): void {
  process.umask(PRIVATE_UMASK);
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  provideKumbh();
  const child = new BacktestChild();
  process.on("SIGTERM", () => child.interrupt());
  // Bun tells of a lost promise only by the second of the two.
  const fail = (error: unknown): void => void child.fail(error);
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}

/** What the process had before the author's code was let in. */
interface Outside {
  readonly exit: (code: number) => never;
  readonly now: () => UnixMs;
  readonly monotonic: () => number;
  /** Resolves when the event loop has been round. */
  readonly turn: () => Promise<void>;
}

class BacktestChild {
  readonly #pipe: Pipe<FromBacktest>;
  readonly #outside = outside();
  readonly #lines = new RunLog();
  readonly #log: Log;
  readonly #timers: SimulatedTimers;
  /** Until the run tells: the time at which it is to begin, as far as that was said. */
  #now: () => UnixMs = () => 0;
  #preparation: Preparation | undefined;
  #prepared: Prepared | undefined;
  #isInterrupted = false;
  #isOver = false;

  constructor() {
    this.#timers = new SimulatedTimers(() => this.#now());
    this.#log = createLog(
      () => this.#now(),
      (line) => this.#lines.line(line),
    );
    this.#pipe = openPipe(readMessage, (message) => this.#take(message));
  }

  /** Ends the run at the next candle, with a report of what was. */
  interrupt(): void {
    if (this.#prepared === undefined) this.#outside.exit(0);
    this.#isInterrupted = true;
  }

  /** Something went wrong that no hook threw, or that a hook threw: the first counts. */
  async fail(thrown: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const isHooks = thrown instanceof HookError;
    const where = isHooks ? thrown.where : "unhandled";
    const bundle = this.#prepared?.bundle ?? this.#preparation?.code.path ?? "";
    const error = authorErrorOf(isHooks ? thrown.cause : thrown, where, bundle);
    this.#log.error(`${where} threw: ${error.message}`);
    if (error.frame !== null) {
      this.#lines.line(`${error.file}:${error.line}:${error.column}\n${error.frame}`);
    }
    if (error.stack !== "") this.#lines.line(error.stack);
    this.#lines.flush();
    await this.#pipe.sendLast({ kind: "threw", error });
    this.#outside.exit(1);
  }

  #take(message: ToBacktest): void {
    switch (message.kind) {
      case "prepare":
        this.#preparation = message;
        this.#go(async () => await this.#prepare(message));
        return;
      case "run":
        this.#go(async () => await this.#run(message));
        return;
      default:
        unreachable(message, "message of the manager");
    }
  }

  #go(work: () => Promise<void>): void {
    const failed = async (error: unknown): Promise<void> => await this.fail(error);
    void work().catch(failed);
  }

  async #prepare(preparation: Preparation): Promise<void> {
    const { settings } = preparation;
    this.#now = () => settings.fromMs ?? 0;
    const encloseModules = enclose({
      now: () => this.#now(),
      timers: this.#timers,
      seed: settings.seed,
      allowNet: settings.allowNet,
    });
    const noWall = settings.allowNet ? undefined : raiseWall();
    if (noWall !== undefined) {
      this.#log.warn(`native code of the strategy could reach the network: ${noWall}`);
    }
    const prepared = await prepare(preparation, this.#log, (bundle) => {
      // Without the kernel nothing else holds it.
      if (noWall !== undefined || reachesModules(bundle)) encloseModules();
    });
    if (prepared.kind === "refused") {
      return await this.#end({ kind: "refused", problems: [...prepared.problems] });
    }
    this.#lines.flush();
    this.#prepared = prepared;
    const { meta, params, code, feeds } = prepared;
    this.#pipe.send({ kind: "needs", meta, params, code, feeds: [...feeds] });
  }

  async #run({ snapshot: path, coverage }: Order): Promise<void> {
    const [prepared, preparation] = [this.#prepared, this.#preparation];
    assert(prepared !== undefined && preparation !== undefined, "a run is prepared first");
    const { settings, folder, result } = preparation;
    const { strategy, meta, parsed, params, feeds, code } = prepared;
    // Private: what is written over it here, nobody else reads who runs on the same file.
    const pinned = readSnapshot(Bun.mmap(path, { shared: false }));
    const snapshot = partOf(pinned, feeds, settings);
    this.#now = () => snapshot.header.fromMs;
    const run = new BacktestRun({
      strategy,
      name: meta.name,
      params: parsed,
      settings,
      snapshot,
      log: this.#log,
      timers: this.#timers,
      monotonic: this.#outside.monotonic,
      onProgress: async (progress) => await this.#progress(progress),
    });
    this.#now = () => run.now();
    const record = await run.run();
    // A promise that the author's code lost is told of in the next turn.
    await this.#outside.turn();
    if (this.#isOver) return;
    const { header } = snapshot;
    if (result === "figures") {
      return await this.#end({
        kind: "figures",
        figures: figuresOf(record, { feeds, snapshot: header }),
      });
    }
    const { report, full } = buildReport(record, {
      meta,
      params,
      settings,
      feeds: [...feeds],
      coverage,
      snapshot: header,
      code,
      version: VERSION,
      ranAt: this.#outside.now(),
    });
    await this.#write(folder, JSON.stringify(report), full);
    await this.#end({ kind: "done" });
  }

  async #end(last: FromBacktest): Promise<void> {
    this.#isOver = true;
    this.#lines.flush();
    await this.#pipe.sendLast(last);
    this.#outside.exit(0);
  }

  /** Lets messages out and in; says whether the run is to go on. */
  async #progress(progress: RunProgress): Promise<boolean> {
    this.#lines.flush();
    this.#pipe.send({ kind: "progress", ...progress });
    await this.#outside.turn();
    return !this.#isInterrupted;
  }

  async #write(folder: string, report: string, full: Iterable<string>): Promise<void> {
    await Bun.write(join(folder, REPORT_FILE), report);
    const writer = Bun.file(join(folder, FULL_FILE)).writer();
    for (const chunk of full) {
      await writer.write(chunk);
      await writer.flush();
    }
    await writer.end();
  }
}

const readMessage = (message: unknown): ToBacktest =>
  parseValue(ToBacktest, message, "a message of the manager");

function outside(): Outside {
  const exit = process.exit.bind(process);
  const soon = setImmediate;
  const { now } = Date;
  const monotonic = performance.now.bind(performance);
  return { exit, now, monotonic, turn: async () => await new Promise((done) => soon(done)) };
}
