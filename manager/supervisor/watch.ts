/** Looks at every run once a second: what it uses, whether it keeps its limits, how large its log is. */
import type { Logs } from "#manager/logs.ts";
import { MemoryGuard } from "#manager/supervisor/memory-guard.ts";
import type { Run } from "#manager/supervisor/run.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";
import type { ExitCause } from "#shared/exit.ts";
import type { StrategySettings } from "#shared/settings.ts";

/** How often every run is looked at, in ms. */
const TICK_MS = 1000;
/** A tick so late means that the manager itself did not run: no child can be blamed, in ms. */
const TICK_LATE_MS = 3 * TICK_MS;

export interface Watched {
  readonly name: string;
  readonly settings: StrategySettings;
  /** Undefined when it has no process. */
  readonly run: Run | undefined;
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly logs: Logs;
  /** The strategies as they are now. */
  readonly strategies: () => readonly Watched[];
  /** The present run of this strategy broke a rule. */
  readonly accuse: (name: string, cause: ExitCause) => void;
}

export class Watch implements Disposable {
  readonly #options: WatchOptions;
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #guard: MemoryGuard;
  #tickedAtMs: MonotonicMs;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#tickedAtMs = options.clock.monotonic();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#guard = new MemoryGuard({
      children: () => this.#runs(),
      blame: (name, bytes) => options.accuse(name, { kind: "endless-message", bytes }),
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#guard[Symbol.dispose]();
  }

  #tick(): void {
    const { clock, strategies, accuse, logs } = this.#options;
    const nowMs = clock.monotonic();
    const lateMs = nowMs - this.#tickedAtMs - TICK_MS;
    this.#tickedAtMs = nowMs;
    for (const { name, settings, run } of strategies()) {
      const cause = run?.look(settings.limits, nowMs, lateMs > TICK_LATE_MS ? lateMs : 0);
      if (cause !== undefined) accuse(name, cause);
    }
    logs.rotate(new Map(this.#runs().map((run) => [run.logPath, run])));
  }

  #runs(): { name: string; pid: number; logPath: string }[] {
    return this.#options
      .strategies()
      .flatMap(({ name, run }) =>
        run === undefined ? [] : [{ name, pid: run.pid, logPath: run.logPath }],
      );
  }
}
