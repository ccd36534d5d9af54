/**
 * Which channels the exchange should send, which it has confirmed, and what to say to it next:
 * paced, asked again with growing delay when refused or unanswered, all anew on each connection.
 *
 *   wanted ── sent ──▶ asked ── confirmed ──▶ active
 *     ▲                  │ refused, or no answer in time
 *     └──── later ───────┘
 */
import { type Coin, feedKey } from "#shared/candle.ts";
import type { MonotonicMs } from "#shared/clock.ts";
import type { Random } from "#shared/random.ts";
import type { Timeframe } from "#shared/timeframe.ts";

export interface FeedName {
  readonly coin: Coin;
  readonly timeframe: Timeframe;
}

/** The fills of an account. */
export interface FillsName {
  /** The account's address, in small letters. */
  readonly user: string;
}

/** What can be subscribed to: the candles of a feed, or the fills of an account. */
export type Channel = FeedName | FillsName;
/** Names one channel: a feed's key, or `userFills 0x…`. */
export type ChannelKey = string;
export const channelKey = (channel: Channel): ChannelKey =>
  "user" in channel ? `userFills ${channel.user}` : feedKey(channel);

/** Subscriptions that the exchange allows one address (hyperliquid-docs, "Rate limits"). */
export const SUBSCRIPTIONS_MAX = 1000;
/** How long a subscription may stay unconfirmed, in ms: some refusals do not say what they refuse. */
export const CONFIRM_MS_MAX = 10_000;
/** Messages sent at once, and then a second: under 2000 a minute, which the exchange allows. */
const BURST_MAX = 100;
const MESSAGES_PER_SECOND = 25;
/** Delay before a refused subscription is asked for again, doubled with each refusal, in ms. */
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 60_000;

type State =
  | { readonly kind: "wanted"; readonly atMs: MonotonicMs }
  | { readonly kind: "asked"; readonly deadlineMs: MonotonicMs }
  | { readonly kind: "active" };

interface Entry {
  readonly channel: Channel;
  state: State;
  refusals: number;
}

export interface SubscriptionMessage {
  readonly method: "subscribe" | "unsubscribe";
  readonly channel: Channel;
}

export interface Refusal {
  readonly channel: Channel;
  readonly reason: string;
  /** How many times in a row, this one included. */
  readonly times: number;
}

export interface Poll {
  readonly send: readonly SubscriptionMessage[];
  readonly refusals: readonly Refusal[];
  /** When to poll again although nothing has happened; null when it need not be. */
  readonly nextAtMs: MonotonicMs | null;
}

export class Subscriptions {
  readonly #random: Random;
  readonly #entries = new Map<ChannelKey, Entry>();
  /** Those of them that are not active: what has been confirmed costs a poll nothing. */
  readonly #pending = new Map<ChannelKey, Entry>();
  /** No deadline lies before it. */
  #overdueFromMs: MonotonicMs = Number.POSITIVE_INFINITY;
  readonly #leaving = new Map<ChannelKey, Channel>();
  #isOpen = false;
  #allowance = BURST_MAX;
  #allowanceAtMs: MonotonicMs = 0;
  /** An error of the exchange that did not say what it was about. */
  #lastComplaint: string | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  want(channel: Channel, nowMs: MonotonicMs): void {
    const key = channelKey(channel);
    if (this.#entries.has(key)) return;
    const entry: Entry = { channel, state: { kind: "wanted", atMs: nowMs }, refusals: 0 };
    this.#entries.set(key, entry);
    this.#pending.set(key, entry);
  }

  unwant(channel: Channel): void {
    const key = channelKey(channel);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#pending.delete(key);
    if (this.#isOpen && entry.state.kind !== "wanted") this.#leaving.set(key, channel);
  }

  /** Leaves and takes a channel again, because it is silent. */
  renew(channel: Channel, nowMs: MonotonicMs): void {
    const entry = this.#entries.get(channelKey(channel));
    if (entry === undefined || entry.state.kind !== "active") return;
    this.#leaving.set(channelKey(channel), channel);
    this.#pending.set(channelKey(channel), entry);
    entry.state = { kind: "wanted", atMs: nowMs };
  }

  opened(nowMs: MonotonicMs): void {
    this.#isOpen = true;
    this.#leaving.clear();
    for (const [key, entry] of this.#entries) {
      entry.state = { kind: "wanted", atMs: nowMs };
      this.#pending.set(key, entry);
    }
  }

  closed(): void {
    this.#isOpen = false;
    this.#lastComplaint = undefined;
  }

  /** The exchange confirmed it; false when that was known or is not wanted any more. */
  confirmed(key: ChannelKey): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.state.kind !== "asked") return false;
    entry.state = { kind: "active" };
    this.#pending.delete(key);
    entry.refusals = 0;
    return true;
  }

  /** The exchange refused it; undefined when it had not been asked for. */
  refused(key: ChannelKey, reason: string, nowMs: MonotonicMs): Refusal | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.state.kind !== "asked"
      ? undefined
      : this.#refuse(entry, reason, nowMs);
  }

  /** The exchange complained without saying of what: it explains the next one that stays unanswered. */
  complained(text: string): void {
    this.#lastComplaint = text;
  }

  poll(nowMs: MonotonicMs): Poll {
    if (!this.#isOpen) return { send: [], refusals: [], nextAtMs: null };
    const refusals = this.#overdue(nowMs);
    const send = this.#nextMessages(nowMs);
    return { send, refusals, nextAtMs: this.#nextAtMs(nowMs) };
  }

  #overdue(nowMs: MonotonicMs): Refusal[] {
    const refusals: Refusal[] = [];
    if (nowMs < this.#overdueFromMs) return refusals;
    this.#overdueFromMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#pending.values()) {
      if (entry.state.kind !== "asked") continue;
      if (entry.state.deadlineMs > nowMs) {
        this.#overdueFromMs = Math.min(this.#overdueFromMs, entry.state.deadlineMs);
        continue;
      }
      const said = this.#lastComplaint === undefined ? "" : `; it said: ${this.#lastComplaint}`;
      refusals.push(this.#refuse(entry, `no answer within ${CONFIRM_MS_MAX} ms${said}`, nowMs));
    }
    return refusals;
  }

  #refuse(entry: Entry, reason: string, nowMs: MonotonicMs): Refusal {
    const delayMs = Math.min(RETRY_MS_MIN * 2 ** entry.refusals, RETRY_MS_MAX);
    entry.refusals += 1;
    // Half of it is chance, so that what was refused together does not come back together.
    entry.state = { kind: "wanted", atMs: nowMs + delayMs * (0.5 + this.#random() / 2) };
    return { channel: entry.channel, reason, times: entry.refusals };
  }

  #nextMessages(nowMs: MonotonicMs): SubscriptionMessage[] {
    const earned = ((nowMs - this.#allowanceAtMs) * MESSAGES_PER_SECOND) / 1000;
    this.#allowance = Math.min(BURST_MAX, this.#allowance + earned);
    this.#allowanceAtMs = nowMs;
    const send: SubscriptionMessage[] = [];
    for (const [key, channel] of this.#leaving) {
      if (this.#allowance < 1) return send;
      this.#allowance -= 1;
      this.#leaving.delete(key);
      send.push({ method: "unsubscribe", channel });
    }
    for (const entry of this.#pending.values()) {
      if (entry.state.kind !== "wanted" || entry.state.atMs > nowMs) continue;
      if (this.#allowance < 1) return send;
      this.#allowance -= 1;
      const deadlineMs = nowMs + CONFIRM_MS_MAX;
      entry.state = { kind: "asked", deadlineMs };
      this.#overdueFromMs = Math.min(this.#overdueFromMs, deadlineMs);
      send.push({ method: "subscribe", channel: entry.channel });
    }
    return send;
  }

  #nextAtMs(nowMs: MonotonicMs): MonotonicMs | null {
    let nextMs = this.#leaving.size > 0 ? nowMs : Number.POSITIVE_INFINITY;
    for (const { state } of this.#pending.values()) {
      if (nextMs <= nowMs) break;
      if (state.kind === "wanted") nextMs = Math.min(nextMs, state.atMs);
      if (state.kind === "asked") nextMs = Math.min(nextMs, state.deadlineMs);
    }
    if (nextMs === Number.POSITIVE_INFINITY) return null;
    const refilledMs =
      this.#allowance >= 1 ? nowMs : nowMs + ((1 - this.#allowance) * 1000) / MESSAGES_PER_SECOND;
    // What is due now waits for the allowance alone.
    return nextMs > nowMs ? nextMs : Math.max(refilledMs, nowMs + 1);
  }
}
