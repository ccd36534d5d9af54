/** What has happened to the strategies, written down: by what the next manager goes on, and `history`. */
import type { EventStore } from "#manager/store/event-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import type { RunStore } from "#manager/store/run-store.ts";
import { Tolerance } from "#manager/store/tolerance.ts";
import type { Child } from "#manager/supervisor/child-state.ts";
import type { AuthorError } from "#shared/author-error.ts";
import { type Candle, type FeedKey, feedKey } from "#shared/candle.ts";
import type { Clock, Timer, UnixMs } from "#shared/clock.ts";
import type { EventBody } from "#shared/event.ts";
import type { ChildExit } from "#shared/exit.ts";
import type { Log } from "#shared/log.ts";

/**
 * How long a handled candle waits to be written, in ms: a fleet is done with one candle at about one moment, and a
 * transaction for each strategy would hold up the next candle. What a killed manager has not written, its
 * strategies, which fall with it, are told as a gap although they had it.
 */
const WRITE_DELAY_MS = 25;

export interface JournalOptions {
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly events: EventStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Never throws what the disk gives as a reason: what has happened has happened. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #tolerance: Tolerance;
  readonly #handled = new Map<string, { candles: number; readonly until: Map<FeedKey, UnixMs> }>();
  #timer: Timer | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#tolerance = new Tolerance(options.log);
  }

  record(name: string, body: EventBody): void {
    const { events, clock } = this.#options;
    this.#tolerance.write(() => events.append(clock.now(), name, body));
  }

  counts(name: string, { state, run, failures, restarts }: Child): void {
    const failed = state.kind === "failed" ? state.reason : null;
    this.#tolerance.write(() => {
      this.#options.registry.setCounts(name, { failed, run, failures, restarts });
    });
  }

  /** The hooks of these live candles are done; written soon, in one transaction with those of others. */
  handled(name: string, candles: readonly Candle[]): void {
    const done = this.#handled.get(name) ?? { candles: 0, until: new Map<FeedKey, UnixMs>() };
    done.candles += candles.length;
    for (const candle of candles) done.until.set(feedKey(candle), candle.closeTime);
    this.#handled.set(name, done);
    this.#timer ??= this.#options.clock.after(WRITE_DELAY_MS, () => this.flush());
  }

  /** Writes what waits; what the disk does not take waits on. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#handled.size === 0) return;
    this.#tolerance.write(() => {
      this.#options.registry.recordHandled(this.#handled);
      this.#handled.clear();
    });
  }

  ended(name: string, run: number, exit: ChildExit, error: AuthorError | null): void {
    // The next run begins after what this one has handled.
    this.flush();
    const { runs, registry, clock } = this.#options;
    this.#tolerance.write(() => {
      runs.ended(name, run, exit, clock.now());
      if (error !== null) registry.setLastError(name, error);
    });
    this.record(name, { kind: "exited", run, exit, error });
  }
}
