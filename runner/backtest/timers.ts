/**
 * Timers of the author's code on the simulated clock, which moves from one close time to the next: a timer
 * fires at the first close time that is not before it. Within a hook time stands still, so a hook that
 * waits for a timer gets it at once, the earliest first.
 */
import type { UnixMs } from "#shared/clock.ts";

interface Waiting {
  readonly id: number;
  readonly dueMs: UnixMs;
  /** Null: once. */
  readonly everyMs: number | null;
  readonly fire: () => void;
}

export class SimulatedTimers {
  readonly #now: () => UnixMs;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Called when a timer is set. */
  onSet: () => void = () => undefined;

  constructor(now: () => UnixMs) {
    this.#now = now;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Calls back once, or every so many ms. */
  set(delayMs: number, fire: () => void, repeats = false): number {
    this.#lastId += 1;
    const delay = Number.isFinite(delayMs) ? Math.max(1, delayMs) : 1;
    this.#waiting.set(this.#lastId, {
      id: this.#lastId,
      dueMs: this.#now() + delay,
      everyMs: repeats ? delay : null,
      fire,
    });
    this.onSet();
    return this.#lastId;
  }

  clear(id: number): void {
    this.#waiting.delete(id);
  }

  /** Fires what has come due. One that repeats fires once, however often its time has come. */
  fireDue(): void {
    if (this.#waiting.size === 0) return;
    const nowMs = this.#now();
    const due = [...this.#waiting.values()].filter(({ dueMs }) => dueMs <= nowMs);
    for (const each of due.toSorted(byTime)) this.#fire(each);
  }

  /** Fires the earliest, due or not. */
  fireNext(): void {
    const [next] = [...this.#waiting.values()].toSorted(byTime);
    if (next !== undefined) this.#fire(next);
  }

  #fire({ id, everyMs, fire, dueMs }: Waiting): void {
    // One that fired before may have cleared it.
    if (!this.#waiting.delete(id)) return;
    if (everyMs !== null) {
      const missed = Math.max(1, Math.floor((this.#now() - dueMs) / everyMs) + 1);
      this.#waiting.set(id, { id, everyMs, fire, dueMs: dueMs + missed * everyMs });
    }
    fire();
  }
}

const byTime = (a: Waiting, b: Waiting): number => a.dueMs - b.dueMs || a.id - b.id;
