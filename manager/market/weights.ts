/** The one budget as promises: who asks, waits until it is granted. */
import { MarketClosedError, WeightQueueFullError } from "#manager/market/errors.ts";
import { type BudgetView, WeightBudget } from "#manager/market/weight-budget.ts";
import type { Priority } from "#shared/child-message.ts";
import type { Clock, Timer } from "#shared/clock.ts";
import type { EventBody } from "#shared/event.ts";

/** Weight that may be spent. */
export interface Granted {
  /** The answer tells that it cost less than was granted. */
  costed(weight: number): void;
}

export class Weights {
  readonly #clock: Clock;
  readonly #onEvent: (body: EventBody) => void;
  readonly #budget = new WeightBudget<PromiseWithResolvers<void>>();
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(clock: Clock, onEvent: (body: EventBody) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** Resolves when it may be spent. Throws `WeightQueueFullError`, `MarketClosedError`. */
  async take(weight: number, priority: Priority): Promise<Granted> {
    if (this.#isClosed) throw new MarketClosedError();
    const granted = Promise.withResolvers<void>();
    if (!this.#budget.ask(granted, weight, priority)) {
      throw new WeightQueueFullError(this.#budget.waiting);
    }
    this.#grant();
    await granted.promise;
    return {
      costed: (cost) => {
        this.#budget.costed(granted, cost);
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
    this.#timer?.cancel();
    for (const request of this.#budget.clear()) request.reject(new MarketClosedError());
  }

  #grant(): void {
    this.#timer?.cancel();
    for (const request of this.#budget.grant(this.#clock.monotonic())) request.resolve();
    const nowMs = this.#clock.monotonic();
    const nextMs = this.#budget.nextGrantAtMs(nowMs);
    if (nextMs !== null) this.#timer = this.#clock.after(nextMs - nowMs + 1, () => this.#grant());
  }
}
