/**
 * What is on its way to one child. `send` of Bun's IPC never says no: a child that does not read
 * would make the manager's memory grow without end, so we count what the child has not yet handled
 * and keep the rest here, where it costs a reference.
 */
import { assert } from "#shared/assert.ts";
import { type Candle, type FeedKey, feedKey, type Gap } from "#shared/candle.ts";
import type { ToChild } from "#shared/child-message.ts";
import type { Fill } from "#shared/order.ts";

/** Most `candles` and `fill` messages that a child has been sent and has not yet handled. */
export const IN_FLIGHT_MAX = 16;
/** Most live `candles` messages that may wait for a child; one more and it does not keep up. */
export const LIVE_WAITING_MAX = 1000;

/** What a child has to say that it has handled. */
export type Owed =
  | {
      readonly kind: "candles";
      readonly phase: "warmup" | "live";
      readonly candles: readonly Candle[];
    }
  /** `id`: of the store. */
  | { readonly kind: "fill"; readonly id: number; readonly fill: Fill };

type Ordered = Owed | { readonly kind: "gap"; readonly gap: Gap };

export class Outbox {
  #nextSeq = 1;
  #waiting: Ordered[] = [];
  readonly #inFlight: { readonly seq: number; readonly owed: Owed }[] = [];
  readonly #forming = new Map<FeedKey, Candle>();
  #liveUnhandled = 0;
  #isHeld = false;

  /** Live messages that the child has not handled yet. */
  get liveUnhandled(): number {
    return this.#liveUnhandled;
  }

  /** Whether the child has been sent what it has not handled yet. */
  get isOwed(): boolean {
    return this.#inFlight.length > 0;
  }

  /** From here on nothing goes out, until `release` puts what comes first before all that waits. */
  hold(): void {
    this.#isHeld = true;
  }

  release(first: readonly Owed[]): void {
    this.#isHeld = false;
    this.#waiting = [...first, ...this.#waiting];
  }

  pushCandles(phase: "warmup" | "live", candles: readonly Candle[]): void {
    assert(candles.length > 0, "a candles message holds at least one");
    // The candle that closed supersedes what was known of it while it was open.
    for (const candle of candles) this.#forming.delete(feedKey(candle));
    this.#waiting.push({ kind: "candles", phase, candles });
    if (phase === "live") this.#liveUnhandled++;
  }

  pushFill(id: number, fill: Fill): void {
    this.#waiting.push({ kind: "fill", id, fill });
  }

  pushGap(gap: Gap): void {
    this.#waiting.push({ kind: "gap", gap });
  }

  /** Only the latest of each feed is kept. */
  pushForming(candle: Candle): void {
    this.#forming.set(feedKey(candle), candle);
  }

  /** What the child has handled, or undefined when that is not the one it owes. */
  done(seq: number): Owed | undefined {
    const oldest = this.#inFlight[0];
    if (oldest?.seq !== seq) return undefined;
    this.#inFlight.shift();
    const { owed } = oldest;
    if (owed.kind === "candles" && owed.phase === "live") this.#liveUnhandled--;
    return owed;
  }

  /** What may be sent now, in order; it counts as sent. */
  take(): ToChild[] {
    const out: ToChild[] = [];
    if (this.#isHeld) return out;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined) break;
      if (next.kind !== "gap" && this.#inFlight.length >= IN_FLIGHT_MAX) return out;
      this.#waiting.shift();
      out.push(next.kind === "gap" ? next : this.#number(next));
    }
    // A child that is still busy gets the forming candle when it is done: the latest then.
    if (this.#inFlight.length === 0) {
      for (const candle of this.#forming.values()) out.push({ kind: "forming", candle });
      this.#forming.clear();
    }
    return out;
  }

  #number(owed: Owed): ToChild {
    const seq = this.#nextSeq++;
    this.#inFlight.push({ seq, owed });
    return owed.kind === "candles"
      ? { kind: "candles", seq, phase: owed.phase, candles: [...owed.candles] }
      : { kind: "fill", seq, fill: owed.fill };
  }
}
