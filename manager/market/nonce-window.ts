/**
 * Which nonces of one signer are on their way. The exchange keeps the hundred highest that it has seen
 * and refuses what lies below them, so one that is slow must not be overtaken by a hundred. Pure.
 */
import type { MonotonicMs } from "#shared/clock.ts";

/** Nonces from the oldest on its way to the newest: under the exchange's hundred, and some to spare. */
export const OPEN_MAX = 90;
/**
 * Longest that a nonce is waited for, in ms: a child waits 10 s at most for the weight of an order and
 * 5 s for its reply, and says when that is over; one that says nothing has lost it.
 */
export const LEASE_MS = 20_000;

interface Open {
  /** Which of all that were issued it is. */
  readonly number: number;
  readonly untilMs: MonotonicMs;
}

export class NonceWindow {
  /** Oldest first. */
  readonly #open = new Map<number, Open>();
  #issued = 0;

  /** When the next one may be issued: now, or when the oldest is waited for no longer. */
  mayIssueAtMs(nowMs: MonotonicMs): MonotonicMs {
    for (const [nonce, { number, untilMs }] of this.#open) {
      if (untilMs <= nowMs) {
        this.#open.delete(nonce);
        continue;
      }
      return this.#issued - number < OPEN_MAX ? nowMs : untilMs;
    }
    return nowMs;
  }

  issued(nonce: number, nowMs: MonotonicMs): void {
    this.#open.set(nonce, { number: this.#issued, untilMs: nowMs + LEASE_MS });
    this.#issued += 1;
  }

  /** It has reached the exchange, or never will. */
  spent(nonce: number): void {
    this.#open.delete(nonce);
  }
}
