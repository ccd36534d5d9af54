/** What a sweep leaves in the history: that it began, and how it ended. */
import type { Subject } from "#manager/backtest/subject.ts";
import type { EventStore } from "#manager/store/event-store.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";
import { messageOf } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

export interface NoteOptions {
  readonly events: Pick<EventStore, "append">;
  readonly clock: Clock;
}

export class SweepNote {
  readonly #subject: Subject;
  readonly #runs: number;
  readonly #options: NoteOptions;
  readonly #startedAtMs: MonotonicMs;
  #done = 0;
  #failed = 0;

  /** Writes down that it began. */
  constructor(subject: Subject, runs: number, options: NoteOptions) {
    this.#subject = subject;
    this.#runs = runs;
    this.#options = options;
    this.#startedAtMs = options.clock.monotonic();
    this.#record({ kind: "sweep_started", what: subject.what, runs });
  }

  /** One of its runs is over. */
  ran({ kind }: SweepOutcome): void {
    this.#done += 1;
    if (kind === "failed") this.#failed += 1;
  }

  /** All of its runs are over. */
  done(): void {
    const tookMs = this.#options.clock.monotonic() - this.#startedAtMs;
    const [runs, failed] = [this.#done, this.#failed];
    this.#record({ kind: "swept", what: this.#subject.what, runs, failed, tookMs });
  }

  /** Nobody wanted the rest of it, or the manager ended. */
  interrupted(by: "client" | "manager"): void {
    const { what } = this.#subject;
    this.#record({ kind: "sweep_interrupted", what, done: this.#done, runs: this.#runs, by });
  }

  failed(thrown: unknown): void {
    const reason = messageOf(thrown);
    this.#record({ kind: "sweep_failed", what: this.#subject.what, reason });
  }

  #record(body: EventBody): void {
    const { events, clock } = this.#options;
    events.append(clock.now(), this.#subject.strategy, body);
  }
}
