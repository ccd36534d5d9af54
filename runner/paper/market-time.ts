/** The exchange's time, as books and candles tell it; between them it goes on as ours does. */
import type { Clock, MonotonicMs, UnixMs } from "#shared/clock.ts";

export class MarketTime {
  readonly #clock: Clock;
  #toldMs: UnixMs;
  #atMs: MonotonicMs;
  #isTold = false;

  /** Our own time until the exchange has told its. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#toldMs = clock.now();
    this.#atMs = clock.monotonic();
  }

  /** Whether the exchange has told its time: ours may be years from that of a replayed market. */
  get isTold(): boolean {
    return this.#isTold;
  }

  now(): UnixMs {
    return Math.floor(this.#toldMs + this.#clock.monotonic() - this.#atMs);
  }

  /** It is so late there, as a book says. */
  isNow(ms: UnixMs): void {
    this.#toldMs = ms;
    this.#atMs = this.#clock.monotonic();
    this.#isTold = true;
  }

  /** It is so late there at least, as a candle says. */
  isPast(ms: UnixMs): void {
    if (!this.#isTold || ms > this.now()) this.isNow(ms);
  }
}
