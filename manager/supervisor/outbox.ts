/**
 * What is on its way to one child. `send` of Bun's IPC never says no: a child that does not read
 * would make the manager's memory grow without end, so we count what the child has not yet handled
 * and keep the rest here, where it costs a reference.
 */
import { assert } from "#shared/assert.ts";
import { type Candle, type FeedKey, feedKey, type Gap } from "#shared/candle.ts";
import type { ToChild } from "#shared/child-message.ts";

/** Most `candles` messages that a child has been sent and has not yet handled. */
export const IN_FLIGHT_MAX = 16;
/** Most live `candles` messages that may wait for a child; one more and it does not keep up. */
export const LIVE_WAITING_MAX = 1000;

type CandlesMessage = Extract<ToChild, { kind: "candles" }>;
type Ordered = CandlesMessage | Extract<ToChild, { kind: "gap" }>;

export class Outbox {
  #nextSeq = 1;
  readonly #waiting: Ordered[] = [];
  readonly #inFlight: CandlesMessage[] = [];
  readonly #forming = new Map<FeedKey, Candle>();
  #liveUnhandled = 0;

  /** Live messages that the child has not handled yet. */
  get liveUnhandled(): number {
    return this.#liveUnhandled;
  }

  pushCandles(phase: CandlesMessage["phase"], candles: readonly Candle[]): void {
    assert(candles.length > 0, "a candles message holds at least one");
    // The candle that closed supersedes what was known of it while it was open.
    for (const candle of candles) this.#forming.delete(feedKey(candle));
    this.#waiting.push({ kind: "candles", seq: this.#nextSeq++, phase, candles: [...candles] });
    if (phase === "live") this.#liveUnhandled++;
  }

  pushGap(gap: Gap): void {
    this.#waiting.push({ kind: "gap", gap });
  }

  /** Only the latest of each feed is kept. */
  pushForming(candle: Candle): void {
    this.#forming.set(feedKey(candle), candle);
  }

  /** The child has handled that message, or undefined when that is not the one it owes. */
  done(seq: number): CandlesMessage | undefined {
    const oldest = this.#inFlight[0];
    if (oldest?.seq !== seq) return undefined;
    this.#inFlight.shift();
    if (oldest.phase === "live") this.#liveUnhandled--;
    return oldest;
  }

  /** What may be sent now, in order; it counts as sent. */
  take(): ToChild[] {
    const out: ToChild[] = [];
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined) break;
      if (next.kind === "candles") {
        if (this.#inFlight.length >= IN_FLIGHT_MAX) return out;
        this.#inFlight.push(next);
      }
      this.#waiting.shift();
      out.push(next);
    }
    // A child that is still busy gets the forming candle when it is done: the latest then.
    if (this.#inFlight.length === 0) {
      for (const candle of this.#forming.values()) out.push({ kind: "forming", candle });
      this.#forming.clear();
    }
    return out;
  }
}
