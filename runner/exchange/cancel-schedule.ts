/** The dead man's switch of an account: at a time that it keeps putting off, all its orders are cancelled. */

import { z } from "zod";
import type { UnixMs } from "#shared/clock.ts";
import { formatDecimal } from "#shared/instrument.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** Least time ahead. */
const AHEAD_MS_MIN = 5000;
/** USDC that an account must have traded in all. */
const VOLUME_MIN = 1_000_000;
/** Times that it may go off in one UTC day. */
const TRIGGERS_A_DAY_MAX = 10;
const DAY_MS = TIMEFRAME_MS["1d"];

/** A schedule as it can be written down. */
export const CancelScheduleState = z.object({
  /** When it goes off; null while it is not set. */
  atMs: z.int().nullable(),
  /** Number of the UTC day in which it last went off, and how often it did then. */
  day: z.int(),
  triggers: z.int(),
});
export type CancelScheduleState = Readonly<z.infer<typeof CancelScheduleState>>;

export class CancelSchedule {
  #atMs: UnixMs | undefined;
  #day = 0;
  #triggers = 0;

  get state(): CancelScheduleState {
    return { atMs: this.#atMs ?? null, day: this.#day, triggers: this.#triggers };
  }

  /** Takes over what an earlier life left. */
  restore({ atMs, day, triggers }: CancelScheduleState): void {
    this.#atMs = atMs ?? undefined;
    this.#day = day;
    this.#triggers = triggers;
  }

  /** Sets or, without a time, clears it; or says in the exchange's words why not. */
  set(atMs: UnixMs | undefined, wallMs: UnixMs, volume: number): string | undefined {
    if (atMs !== undefined && volume < VOLUME_MIN) {
      return `Cannot set scheduled cancel time until enough volume traded. Required: $${VOLUME_MIN}. Traded: $${formatDecimal(volume)}.`;
    }
    if (atMs !== undefined && atMs < wallMs + AHEAD_MS_MIN) {
      return "Scheduled cancel time must be at least 5 seconds in the future.";
    }
    if (atMs !== undefined && this.#triggersOn(wallMs) >= TRIGGERS_A_DAY_MAX) {
      return "Cannot set scheduled cancel time: it has triggered 10 times today.";
    }
    this.#atMs = atMs;
    return undefined;
  }

  /** Whether it goes off now; it does so once. */
  takeDue(wallMs: UnixMs): boolean {
    if (this.#atMs === undefined || wallMs < this.#atMs) return false;
    this.#atMs = undefined;
    this.#triggers = this.#triggersOn(wallMs) + 1;
    this.#day = Math.floor(wallMs / DAY_MS);
    return true;
  }

  #triggersOn(wallMs: UnixMs): number {
    return Math.floor(wallMs / DAY_MS) === this.#day ? this.#triggers : 0;
  }
}
