/** The moments that one life waits for. */
import type { Clock, MonotonicMs, Timer } from "#shared/clock.ts";

export class Wakes {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back at that moment or after it, never before. */
  at(atMs: MonotonicMs, callback: () => void): void {
    const timer = this.#clock.after(atMs - this.#clock.monotonic(), () => {
      this.#timers.delete(timer);
      // Timers count whole ms and may be early by a part of one: a life must not miss its moment.
      if (this.#clock.monotonic() < atMs) this.at(atMs, callback);
      else callback();
    });
    this.#timers.add(timer);
  }

  cancel(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
