/** One taker's hold on its feeds: the warm-up of what was taken together, then live, in one order. */
import { type Delivered, Delivery, LAG_WAIT_MS, type Settled } from "#manager/market/delivery.ts";
import type { ExchangeTime } from "#manager/market/exchange-time.ts";
import type { Attachment, AttachRequest } from "#manager/market/market.ts";
import type { FeedListener, OpenFeed } from "#manager/market/open-feed.ts";
import type { FeedName } from "#manager/market/subscriptions.ts";
import { neededFromMs, type Past, planWarmup, type WarmPlan } from "#manager/market/warmup.ts";
import { unreachable } from "#shared/assert.ts";
import {
  type Candle,
  EXCHANGE_CANDLES_MAX,
  type FeedKey,
  type FeedRequest,
  feedKey,
} from "#shared/candle.ts";
import type { Clock, MonotonicMs, Timer, UnixMs } from "#shared/clock.ts";
import type { FeedView } from "#shared/control-api.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

export interface AttachmentDeps {
  readonly clock: Clock;
  readonly time: ExchangeTime;
  /** The one feed of this name, opened if need be. Throws `FeedsExhaustedError`. */
  readonly open: (feed: FeedName) => OpenFeed;
  /** Nobody of this attachment listens to it any more. */
  readonly release: (feed: OpenFeed) => void;
  /** Throws `UnknownCoinError`. */
  readonly checkCoin: (coin: string) => Promise<void>;
}

interface Hold {
  readonly request: FeedRequest;
  readonly feed: OpenFeed;
  readonly handledUntilMs: UnixMs | null;
  /** The strategy did not run since `handledUntilMs`; else it had only dropped the feed. */
  readonly wasDown: boolean;
}

/** Feeds that begin together. */
type Cohort = Set<FeedKey>;

export class TakerAttachment implements Attachment, FeedListener {
  readonly #request: AttachRequest;
  readonly #deps: AttachmentDeps;
  readonly #delivery = new Delivery();
  readonly #holds = new Map<FeedKey, Hold>();
  readonly #cohorts = new Set<Cohort>();
  /** Close time of the last candle of each feed that was dropped. */
  readonly #dropped = new Map<FeedKey, UnixMs>();
  #timer: Timer | undefined;
  #isDetached = false;

  constructor(request: AttachRequest, deps: AttachmentDeps) {
    this.#request = request;
    this.#deps = deps;
    try {
      this.#hold(request.feeds);
    } catch (error) {
      this.detach();
      throw error;
    }
    // Never before `attach` has returned.
    queueMicrotask(() => this.changed());
  }

  feeds(): readonly FeedView[] {
    return [...this.#holds].map(([key, { request, feed }]) => ({
      coin: request.coin,
      timeframe: request.timeframe,
      state: this.#delivery.has(key) ? feed.state : "warming",
      lastCloseTime: this.#delivery.lastCloseTimeMs(key),
    }));
  }

  async take(feed: FeedRequest): Promise<void> {
    if (this.#holds.has(feedKey(feed))) return;
    await this.#deps.checkCoin(feed.coin);
    if (this.#isDetached) return;
    this.#hold([feed]);
    queueMicrotask(() => this.changed());
  }

  drop(feed: FeedName): void {
    const key = feedKey(feed);
    const hold = this.#holds.get(key);
    if (hold === undefined) return;
    const lastCloseMs = this.#delivery.lastCloseTimeMs(key);
    if (lastCloseMs !== null) this.#dropped.set(key, lastCloseMs);
    this.#letGo(key, hold);
    // The others need not wait for it any more.
    queueMicrotask(() => this.changed());
  }

  detach(): void {
    this.#isDetached = true;
    this.#timer?.cancel();
    for (const [key, hold] of this.#holds) this.#letGo(key, hold);
  }

  wantedFromMs(key: FeedKey, nowMs: UnixMs): UnixMs {
    const hold = this.#holds.get(key);
    if (hold === undefined) return nowMs;
    // What it missed is needed once, the warm-up again by the next run of this strategy.
    return neededFromMs({ ...hold, wasDown: hold.wasDown && !this.#delivery.has(key) }, nowMs);
  }

  settled(key: FeedKey, settled: Settled): void {
    this.#delivery.settle(key, settled);
  }

  forming(key: FeedKey, candle: Candle): void {
    if (this.#request.wantsForming && this.#delivery.isCurrent(key)) {
      this.#request.taker.forming(candle);
    }
  }

  changed(): void {
    if (this.#isDetached) return;
    const nowMs = this.#deps.clock.monotonic();
    for (const cohort of this.#cohorts) this.#beginIfReady(cohort, nowMs);
    this.#give(this.#delivery.release(nowMs));
    this.#schedule(nowMs);
  }

  #hold(requests: readonly FeedRequest[]): void {
    const cohort: Cohort = new Set();
    for (const request of requests) {
      const key = feedKey(request);
      if (this.#holds.has(key)) continue;
      const feed = this.#deps.open(request);
      const droppedMs = this.#dropped.get(key);
      const handledUntilMs = droppedMs ?? this.#request.handledUntil.get(key) ?? null;
      const wasDown = droppedMs === undefined;
      this.#holds.set(key, { request, feed, handledUntilMs, wasDown });
      feed.listeners.add(this);
      cohort.add(key);
    }
    this.#cohorts.add(cohort);
  }

  #letGo(key: FeedKey, hold: Hold): void {
    this.#holds.delete(key);
    this.#delivery.drop(key);
    for (const cohort of this.#cohorts) cohort.delete(key);
    hold.feed.listeners.delete(this);
    this.#deps.release(hold.feed);
  }

  /** Begins the feeds of a cohort when all are ready, or the others are refused and were waited for. */
  #beginIfReady(cohort: Cohort, nowMs: MonotonicMs): void {
    const exchangeMs = this.#deps.time.at(nowMs);
    if (exchangeMs === null) return;
    const ready: Past[] = [];
    const waiting: FeedKey[] = [];
    for (const key of cohort) {
      const past = this.#pastOf(key, exchangeMs);
      if (past !== undefined) ready.push(past);
      else if (this.#refusalEndsMs(key) <= nowMs) waiting.push(key);
      else return;
    }
    if (ready.length === 0) return;
    const recentMs = exchangeMs - this.#deps.time.graceMs - this.#deps.time.scaled(LAG_WAIT_MS);
    const plans = planWarmup(ready, recentMs);
    if (!this.#isCovered(plans, exchangeMs)) return;
    this.#cohorts.delete(cohort);
    for (const key of waiting) this.#cohorts.add(new Set([key]));
    this.#give(
      this.#delivery.begin(
        plans,
        (request, fromMs, untilMs) =>
          this.#holds.get(feedKey(request))?.feed.history.between(fromMs, untilMs) ?? [],
      ),
    );
  }

  /** What is known of a feed, or undefined while it is not ready to begin. */
  #pastOf(key: FeedKey, exchangeMs: UnixMs): Past | undefined {
    const hold = this.#holds.get(key);
    if (hold === undefined) return undefined;
    const { request, feed, wasDown } = hold;
    if (feed.state !== "live" || feed.closedUntilMs === null) return undefined;
    // A candle of the future was handled on another exchange: a simulated one that began anew.
    const isPossible = (hold.handledUntilMs ?? 0) <= exchangeMs + TIMEFRAME_MS[request.timeframe];
    const handledUntilMs = isPossible ? hold.handledUntilMs : null;
    if (handledUntilMs !== null && feed.closedUntilMs < handledUntilMs) return undefined;
    return { request, handledUntilMs, wasDown, closedUntilMs: feed.closedUntilMs };
  }

  /** When a refused feed stops holding up the others; never when it is not refused. */
  #refusalEndsMs(key: FeedKey): MonotonicMs {
    const sinceMs = this.#holds.get(key)?.feed.refusedSinceMs ?? null;
    return sinceMs === null ? Number.POSITIVE_INFINITY : sinceMs + LAG_WAIT_MS;
  }

  /** Whether the past that is needed is here; has it fetched where it is not. */
  #isCovered(plans: readonly WarmPlan[], exchangeMs: UnixMs): boolean {
    let covered = true;
    for (const { past, fromMs } of plans) {
      const { request } = past;
      const feed = this.#holds.get(feedKey(request))?.feed;
      const oldestMs = exchangeMs - EXCHANGE_CANDLES_MAX * TIMEFRAME_MS[request.timeframe];
      const neededMs = Math.max(fromMs, oldestMs);
      if (feed === undefined || feed.history.covers(neededMs)) continue;
      covered = false;
      feed.wantOlder(neededMs);
    }
    return covered;
  }

  #give(given: readonly Delivered[]): void {
    for (const one of given) {
      if (this.#isDetached) return;
      switch (one.kind) {
        case "candles":
          this.#request.taker.candles(one.phase, one.candles);
          break;
        case "gap":
          this.#request.taker.gap(one.gap);
          break;
        default:
          return unreachable(one, "delivery");
      }
    }
  }

  #schedule(nowMs: MonotonicMs): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    // So it is with nearly every candle.
    if (this.#cohorts.size === 0 && this.#delivery.releasesAtMs === null) return;
    let nextMs = this.#delivery.releasesAtMs ?? Number.POSITIVE_INFINITY;
    for (const cohort of this.#cohorts) {
      for (const key of cohort) {
        const endsMs = this.#refusalEndsMs(key);
        if (endsMs > nowMs && endsMs < nextMs) nextMs = endsMs;
      }
    }
    if (!Number.isFinite(nextMs) || this.#isDetached) return;
    this.#timer = this.#deps.clock.after(Math.ceil(nextMs - nowMs) + 1, () => this.changed());
  }
}
