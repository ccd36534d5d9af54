/**
 * The machine's one budget of requests: Hyperliquid allows 1200 weight a minute for each address.
 * The urgent goes first and has a reserve that the less urgent cannot touch; first come, first
 * served among equals.
 */
import { assert } from "#shared/assert.ts";
import { Priority } from "#shared/child-message.ts";
import type { MonotonicMs } from "#shared/clock.ts";

/** Weight that the exchange allows a minute (hyperliquid-docs, "Rate limits"). */
export const WEIGHT_PER_MINUTE = 1200;
/** A minute, and a second for what is granted and still on its way. */
export const WINDOW_MS = 61_000;
/** Most requests that wait. */
export const WAITING_MAX = 10_000;

/** How far each may fill the window; what is above is kept for the more urgent. */
const SHARE: Readonly<Record<Priority, number>> = {
  cancel: WEIGHT_PER_MINUTE,
  order: 1150,
  query: 1000,
  warmup: 800,
  archive: 750,
};

/** Pause of queries, warm-ups and the archive after a 429, doubled when it was not enough, in ms. */
const PAUSE_MS_MIN = 1000;
const PAUSE_MS_MAX = 30_000;

/** The budget as it stands. */
export interface BudgetView {
  /** Granted in the last minute. */
  readonly usedWeight: number;
  readonly limitWeight: number;
  /** Requests that wait. */
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Until then only orders and cancels go; null: it does not back off. */
  readonly pausedUntilMs: MonotonicMs | null;
}

interface Waiting<Request> {
  readonly request: Request;
  readonly weight: number;
}
interface Grant {
  readonly atMs: MonotonicMs;
  readonly weight: number;
}

export class WeightBudget<Request> {
  readonly #waiting: Readonly<Record<Priority, Waiting<Request>[]>> = {
    cancel: [],
    order: [],
    query: [],
    warmup: [],
    archive: [],
  };
  /** Of the last minute, oldest first. */
  readonly #grants: Grant[] = [];
  #usedWeight = 0;
  #pausedUntilMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #refusals = 0;

  /** Lines a request up; false when too many wait already. */
  ask(request: Request, weight: number, priority: Priority): boolean {
    assert(weight > 0 && weight <= WEIGHT_PER_MINUTE, `a weight of 1 to 1200, not ${weight}`);
    if (this.waiting >= WAITING_MAX) return false;
    this.#waiting[priority].push({ request, weight });
    return true;
  }

  /** Takes out all that may go now, in the order in which they go. */
  grant(nowMs: MonotonicMs): Request[] {
    this.#forget(nowMs);
    const granted: Request[] = [];
    for (const priority of Priority.options) {
      const queue = this.#waiting[priority];
      for (let head = queue[0]; head !== undefined; head = queue[0]) {
        // What is less urgent must not take the weight that the more urgent waits for.
        if (this.#grantableAtMs(head.weight, priority, nowMs) > nowMs) return granted;
        queue.shift();
        this.#grants.push({ atMs: nowMs, weight: head.weight });
        this.#usedWeight += head.weight;
        granted.push(head.request);
      }
    }
    return granted;
  }

  /** When the next one may go; null when none waits. */
  nextGrantAtMs(nowMs: MonotonicMs): MonotonicMs | null {
    for (const priority of Priority.options) {
      const head = this.#waiting[priority][0];
      if (head !== undefined) return this.#grantableAtMs(head.weight, priority, nowMs);
    }
    return null;
  }

  /**
   * The exchange answered 429: something else on this address spends weight too. Returns the pause that
   * begins, in ms; undefined while one lasts: what was sent before it says nothing new.
   */
  refused(nowMs: MonotonicMs): number | undefined {
    if (nowMs < this.#pausedUntilMs) return undefined;
    if (nowMs >= this.#pausedUntilMs + WINDOW_MS) this.#refusals = 0;
    this.#refusals += 1;
    const pauseMs = Math.min(PAUSE_MS_MIN * 2 ** (this.#refusals - 1), PAUSE_MS_MAX);
    this.#pausedUntilMs = nowMs + pauseMs;
    return pauseMs;
  }

  /** The exchange answered. */
  accepted(): void {
    this.#refusals = 0;
  }

  /** Empties the queue. */
  clear(): Request[] {
    return Priority.options.flatMap((priority) =>
      this.#waiting[priority].splice(0).map((waiting) => waiting.request),
    );
  }

  view(nowMs: MonotonicMs): BudgetView {
    const { cancel, order, query, warmup, archive } = this.#waiting;
    return {
      usedWeight: this.used(nowMs),
      limitWeight: WEIGHT_PER_MINUTE,
      waiting: {
        cancel: cancel.length,
        order: order.length,
        query: query.length,
        warmup: warmup.length,
        archive: archive.length,
      },
      pausedUntilMs: this.#pausedUntilMs > nowMs ? this.#pausedUntilMs : null,
    };
  }

  /** Weight granted in the last minute. */
  used(nowMs: MonotonicMs): number {
    this.#forget(nowMs);
    return this.#usedWeight;
  }

  /** Requests that wait. */
  get waiting(): number {
    return Priority.options.reduce((sum, priority) => sum + this.#waiting[priority].length, 0);
  }

  #forget(nowMs: MonotonicMs): void {
    for (let oldest = this.#grants[0]; oldest !== undefined; oldest = this.#grants[0]) {
      if (oldest.atMs > nowMs - WINDOW_MS) return;
      this.#grants.shift();
      this.#usedWeight -= oldest.weight;
    }
  }

  /** A request heavier than its share goes when the window is empty. */
  #grantableAtMs(weight: number, priority: Priority, nowMs: MonotonicMs): MonotonicMs {
    const isUrgent = priority === "cancel" || priority === "order";
    const earliestMs = isUrgent ? nowMs : Math.max(nowMs, this.#pausedUntilMs);
    let excess = this.#usedWeight + weight - Math.max(SHARE[priority], weight);
    for (const grant of this.#grants) {
      if (excess <= 0) break;
      excess -= grant.weight;
      if (excess <= 0) return Math.max(earliestMs, grant.atMs + WINDOW_MS);
    }
    return earliestMs;
  }
}
