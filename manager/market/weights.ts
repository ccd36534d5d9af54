/** The one budget as promises: who asks, waits until it is granted. */
import { MarketClosedError, WeightQueueFullError } from "#manager/market/errors.ts";
import { type BudgetView, WeightBudget } from "#manager/market/weight-budget.ts";
import type { Priority } from "#shared/child-message.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import type { EventBody } from "#shared/event.ts";

/** What is spent is kept each time that so much more was: some 12 times a minute at most. */
const KEEP_EVERY_WEIGHT = 100;

/** The exchange remembers for a minute what was spent, whichever process spent it. */
export interface SpentLog {
  /** What was kept last, by a manager before this one. */
  readonly before: { readonly weight: number; readonly agoMs: number } | null;
  /** Keeps what has been spent in the last minute; must not throw. */
  keep(weight: number): void;
}

/** Weight that may be spent. */
export interface Granted {
  /** The answer tells that it cost less than was granted. */
  costed(weight: number): void;
}

export class Weights {
  readonly #clock: Clock;
  readonly #onEvent: (body: EventBody) => void;
  readonly #budget = new WeightBudget<PromiseWithResolvers<void>>();
  readonly #spentLog: SpentLog | undefined;
  #timer: Timer | undefined;
  #isClosed = false;
  /** Granted since it was kept last. */
  #unkeptWeight = 0;

  constructor(clock: Clock, onEvent: (body: EventBody) => void, spentLog?: SpentLog) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#spentLog = spentLog;
    const before = spentLog?.before ?? null;
    if (before === null) return;
    // What it spent after it had been kept is not known.
    const weight = before.weight + KEEP_EVERY_WEIGHT;
    this.#budget.spentBefore(weight, clock.monotonic() - before.agoMs);
  }

  /**
   * Resolves when it may be spent; `onWait` is called when that is not at once. Throws
   * `WeightQueueFullError`, `MarketClosedError`.
   */
  async take(weight: number, priority: Priority, onWait?: () => void): Promise<Granted> {
    if (this.#isClosed) throw new MarketClosedError();
    const granted = Promise.withResolvers<void>();
    if (!this.#budget.ask(granted, weight, priority)) {
      throw new WeightQueueFullError(this.#budget.waiting);
    }
    if (!this.#grant().includes(granted)) onWait?.();
    await granted.promise;
    this.#spent(weight);
    return {
      costed: (cost) => {
        if (cost >= weight) return;
        this.#budget.costed(granted, cost);
        this.#keep();
        this.#grant();
      },
    };
  }

  /** The exchange answered 429, to the manager or to a strategy. */
  refused(): void {
    const pauseMs = this.#budget.refused(this.#clock.monotonic());
    if (pauseMs === undefined) return;
    this.#onEvent({ kind: "rate_limited", pauseMs });
    // What waits was told an earlier time.
    this.#grant();
  }

  /** The exchange answered. */
  accepted(): void {
    this.#budget.accepted();
  }

  view(): BudgetView {
    return this.#budget.view(this.#clock.monotonic());
  }

  get waiting(): number {
    return this.#budget.waiting;
  }

  close(): void {
    this.#isClosed = true;
    this.#keep();
    this.#timer?.cancel();
    for (const request of this.#budget.clear()) request.reject(new MarketClosedError());
  }

  #spent(weight: number): void {
    this.#unkeptWeight += weight;
    if (this.#unkeptWeight >= KEEP_EVERY_WEIGHT) this.#keep();
  }

  #keep(): void {
    this.#unkeptWeight = 0;
    this.#spentLog?.keep(this.#budget.used(this.#clock.monotonic()));
  }

  /** Lets go who may; returns them. */
  #grant(): PromiseWithResolvers<void>[] {
    this.#timer?.cancel();
    const granted = this.#budget.grant(this.#clock.monotonic());
    for (const request of granted) request.resolve();
    const nowMs = this.#clock.monotonic();
    const nextMs = this.#budget.nextGrantAtMs(nowMs);
    if (nextMs !== null) {
      this.#timer = this.#clock.after(nextMs - nowMs + 1, () => void this.#grant());
    }
    return granted;
  }
}
