/** A clock that only a test moves; wall time can be made to jump. */
import type { Clock, Timer } from "#shared/clock.ts";

interface Due {
  readonly atMs: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallMs: number;
  #due: Due[] = [];

  constructor(wallMs = 1_700_000_000_000) {
    this.#wallMs = wallMs;
  }

  now(): number {
    return this.#wallMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const due = { atMs: this.#monotonicMs + Math.max(0, delayMs), callback };
    this.#due.push(due);
    return {
      cancel: () => {
        this.#due = this.#due.filter((other) => other !== due);
      },
    };
  }

  /** Moves time on, calling back what falls due, in order. */
  advance(ms: number): void {
    const untilMs = this.#monotonicMs + ms;
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#due = this.#due.filter((due) => due !== next);
      this.#move(next.atMs);
      next.callback();
    }
    this.#move(untilMs);
  }

  /** Somebody sets the machine's clock. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  #move(toMs: number): void {
    this.#wallMs += toMs - this.#monotonicMs;
    this.#monotonicMs = toMs;
  }
}
