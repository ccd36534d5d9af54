/** What has happened to the strategies, written down: by what the next manager goes on, and `history`. */
import type { EventStore } from "#manager/store/event-store.ts";
import type { Registry } from "#manager/store/registry.ts";
import type { RunStore } from "#manager/store/run-store.ts";
import { Tolerance } from "#manager/store/tolerance.ts";
import type { Child } from "#manager/supervisor/child-state.ts";
import type { AuthorError } from "#shared/author-error.ts";
import { type Candle, feedKey } from "#shared/candle.ts";
import type { Clock } from "#shared/clock.ts";
import type { EventBody } from "#shared/event.ts";
import type { ChildExit } from "#shared/exit.ts";
import type { Log } from "#shared/log.ts";

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

  /** The hooks of these live candles are done. */
  handled(name: string, candles: readonly Candle[]): void {
    const until = new Map(candles.map((candle) => [feedKey(candle), candle.closeTime]));
    this.#tolerance.write(() => {
      this.#options.registry.recordHandled(name, candles.length, until);
    });
  }

  ended(name: string, run: number, exit: ChildExit, error: AuthorError | null): void {
    const { runs, registry, clock } = this.#options;
    this.#tolerance.write(() => {
      runs.ended(name, run, exit, clock.now());
      if (error !== null) registry.setLastError(name, error);
    });
    this.record(name, { kind: "exited", run, exit, error });
  }
}
