/** Whether a run breaks one of its limits. Pure: the figures come from outside. */
import { LIVE_WAITING_MAX } from "#manager/supervisor/outbox.ts";
import type { MonotonicMs } from "#shared/clock.ts";
import type { ExitCause } from "#shared/exit.ts";
import type { Limits } from "#shared/settings.ts";

/** Most messages of a child within one second; one more is a flood. */
export const MESSAGES_PER_SECOND_MAX = 5000;

export interface Vitals {
  /** When it last said anything. */
  readonly heardAtMs: MonotonicMs;
  /** Null when it could not be read. */
  readonly memoryBytes: number | null;
  /** Live candle messages not handled yet. */
  readonly unhandled: number;
  /** Since when it owes that the hooks of a message are done; null when it owes nothing. */
  readonly owesSinceMs: MonotonicMs | null;
}

/** The first limit that is broken, or undefined when all is well. */
export function judge(vitals: Vitals, limits: Limits, nowMs: MonotonicMs): ExitCause | undefined {
  const silentMs = nowMs - vitals.heardAtMs;
  if (silentMs > limits.silentMs) return { kind: "silent", forMs: silentMs };
  if (vitals.memoryBytes !== null && vitals.memoryBytes > limits.memoryBytes) {
    return { kind: "memory", bytes: vitals.memoryBytes, limitBytes: limits.memoryBytes };
  }
  if (vitals.unhandled > LIVE_WAITING_MAX) return { kind: "behind", unhandled: vitals.unhandled };
  const stuckMs = vitals.owesSinceMs === null ? 0 : nowMs - vitals.owesSinceMs;
  if (stuckMs > limits.hookMs) return { kind: "stuck", forMs: stuckMs };
  return undefined;
}

/** Counts messages by the second. */
export class MessageRate {
  #secondStartMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Counts one more; the cause when there are too many. */
  add(nowMs: MonotonicMs): ExitCause | undefined {
    if (nowMs - this.#secondStartMs >= 1000) {
      this.#secondStartMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
    return this.#count > MESSAGES_PER_SECOND_MAX
      ? { kind: "flood", messagesPerSecond: this.#count }
      : undefined;
  }
}
