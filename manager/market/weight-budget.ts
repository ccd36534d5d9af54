/**
 * The machine's one budget of requests: Hyperliquid allows 1200 weight a minute for each address.
 * The urgent goes first and has a reserve that the less urgent cannot touch; first come, first
 * served among equals. What waits behind the queries is owed a little of each minute all the same:
 * each minute without a trade costs a query, and with many quiet coins there is no end of them.
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

/**
 * Weight of each minute that goes to warm-ups before the queries: some 12 short ones. Queries bear it:
 * one that comes later asks for all that was missed until then.
 */
export const WARMUP_OWED = 300;
/** The same for the archive: one request. */
const ARCHIVE_OWED = 1;
const OWED = { warmup: WARMUP_OWED, archive: ARCHIVE_OWED } as const;

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
interface Grant<Request> {
  readonly atMs: MonotonicMs;
  /** Null: of a manager before this one. */
  readonly request: Request | null;
  readonly priority: Priority;
  weight: number;
}

/** Who goes next, and how far it may fill the window. */
interface Next<Request> {
  readonly head: Waiting<Request>;
  readonly priority: Priority;
  readonly fillMax: number;
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
  readonly #grants: Grant<Request>[] = [];
  #usedWeight = 0;
  /** Of it, by what was granted. */
  readonly #usedBy: Record<Priority, number> = {
    cancel: 0,
    order: 0,
    query: 0,
    warmup: 0,
    archive: 0,
  };
  #pausedUntilMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #refusals = 0;

  /** The exchange remembers what another manager spent until then. To be told before anything is granted. */
  spentBefore(weight: number, atMs: MonotonicMs): void {
    assert(this.#grants.length === 0, "nothing is granted yet");
    const capped = Math.min(weight, WEIGHT_PER_MINUTE);
    // Whatever it was for: nothing of it is owed to anybody.
    this.#spend({ atMs, request: null, priority: "query", weight: capped });
  }

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
    for (;;) {
      const next = this.#next();
      // What is less urgent must not take the weight that the more urgent waits for.
      if (next === undefined || this.#grantableAtMs(next, nowMs) > nowMs) return granted;
      this.#waiting[next.priority].shift();
      this.#spend({ atMs: nowMs, priority: next.priority, ...next.head });
      granted.push(next.head.request);
    }
  }

  /** When the next one may go; null when none waits. */
  nextGrantAtMs(nowMs: MonotonicMs): MonotonicMs | null {
    this.#forget(nowMs);
    const next = this.#next();
    return next === undefined ? null : this.#grantableAtMs(next, nowMs);
  }

  /** A request that was granted has cost less: the rest can be spent again. */
  costed(request: Request, weight: number): void {
    const grant = this.#grants.findLast((one) => one.request === request);
    if (grant === undefined || weight >= grant.weight) return;
    this.#usedWeight -= grant.weight - weight;
    this.#usedBy[grant.priority] -= grant.weight - weight;
    grant.weight = weight;
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

  /** The most urgent of those that wait. */
  #next(): Next<Request> | undefined {
    for (const priority of ["cancel", "order"] as const) {
      const head = this.#waiting[priority][0];
      if (head !== undefined) return { head, priority, fillMax: SHARE[priority] };
    }
    for (const priority of ["warmup", "archive"] as const) {
      const head = this.#waiting[priority][0];
      const isOwed = this.#usedBy[priority] < OWED[priority];
      if (head !== undefined && isOwed) return { head, priority, fillMax: SHARE.query };
    }
    for (const priority of ["query", "warmup", "archive"] as const) {
      const head = this.#waiting[priority][0];
      if (head !== undefined) return { head, priority, fillMax: SHARE[priority] };
    }
    return undefined;
  }

  #spend(grant: Grant<Request>): void {
    this.#grants.push(grant);
    this.#usedWeight += grant.weight;
    this.#usedBy[grant.priority] += grant.weight;
  }

  #forget(nowMs: MonotonicMs): void {
    for (let oldest = this.#grants[0]; oldest !== undefined; oldest = this.#grants[0]) {
      if (oldest.atMs > nowMs - WINDOW_MS) return;
      this.#grants.shift();
      this.#usedWeight -= oldest.weight;
      this.#usedBy[oldest.priority] -= oldest.weight;
    }
  }

  /** A request heavier than its share goes when the window is empty. */
  #grantableAtMs({ head, priority, fillMax }: Next<Request>, nowMs: MonotonicMs): MonotonicMs {
    const isUrgent = priority === "cancel" || priority === "order";
    const earliestMs = isUrgent ? nowMs : Math.max(nowMs, this.#pausedUntilMs);
    let excess = this.#usedWeight + head.weight - Math.max(fillMax, head.weight);
    for (const grant of this.#grants) {
      if (excess <= 0) break;
      excess -= grant.weight;
      if (excess <= 0) return Math.max(earliestMs, grant.atMs + WINDOW_MS);
    }
    return earliestMs;
  }
}
