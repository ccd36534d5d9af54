/** Moments at which this process certainly ran: it may stand still, as on a machine that sleeps. */
import type { Clock, MonotonicMs, Timer } from "#shared/clock.ts";

/** Between two beats, in ms. */
const BEAT_MS = 1000;

export class Pulse {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #lastMs: MonotonicMs;
  #beforeMs: MonotonicMs;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMs = clock.monotonic();
    this.#beforeMs = this.#lastMs;
    this.#beatLater();
  }

  /**
   * What is read now came after this: else it would have been read by the last beat. That one may be the
   * first after the process stood still, with nothing read yet: so it is the one before.
   */
  get drainedMs(): MonotonicMs {
    return this.#beforeMs;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #beatLater(): void {
    this.#timer = this.#clock.after(BEAT_MS, () => {
      this.#beforeMs = this.#lastMs;
      this.#lastMs = this.#clock.monotonic();
      this.#beatLater();
    });
  }
}
