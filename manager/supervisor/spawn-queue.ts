/**
 * Turns to be spawned. Starting is bound by the CPU: a few at a time cost the same in all as all at
 * once and bring each up sooner, and the machine stays awake for the feeds.
 */
import type { Clock, Timer } from "#shared/clock.ts";

/** Most strategies between their spawn and their being ready. */
const SPAWNS_AT_ONCE = 4;
/** Longest time that a slow starter keeps its turn from the others, in ms. */
const TURN_MS_MAX = 3000;

interface Waiting {
  readonly key: string;
  readonly begin: () => void;
}

export class SpawnQueue {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  readonly #turns = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `begin` when it is this key's turn: at once, or later. */
  enter(key: string, begin: () => void): void {
    this.#waiting.push({ key, begin });
    this.#advance();
  }

  /** Gives up the turn, or the place in the queue. */
  leave(key: string): void {
    const place = this.#waiting.findIndex((waiting) => waiting.key === key);
    if (place >= 0) this.#waiting.splice(place, 1);
    this.#turns.get(key)?.cancel();
    this.#turns.delete(key);
    this.#advance();
  }

  #advance(): void {
    while (this.#turns.size < SPAWNS_AT_ONCE) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#turns.set(
        next.key,
        this.#clock.after(TURN_MS_MAX, () => this.leave(next.key)),
      );
      next.begin();
    }
  }
}
