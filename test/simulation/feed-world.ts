/** A world for the feed and the delivery: their shell on simulated time, with every fault of a network. */
import { type Delivered, Delivery, LAG_WAIT_MS } from "#manager/market/delivery.ts";
import { GRACE_MS, step, wakesOf } from "#manager/market/feed.ts";
import {
  type FeedContext,
  type FeedEffect,
  type FeedEvent,
  feedState,
  type LiveFeed,
  newFeed,
} from "#manager/market/feed-state.ts";
import { History } from "#manager/market/history.ts";
import { neededFromMs, type Past, planWarmup } from "#manager/market/warmup.ts";
import type { Candle, FeedKey, FeedRequest, Gap } from "#shared/candle.ts";
import { feedKey } from "#shared/candle.ts";
import type { Random } from "#shared/random.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";
import { type ModelExchange, type ModelFeed } from "#test/simulation/model-exchange.ts";

/** Exchange time at our time 0. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

/** As `pulse.ts` beats. */
const BEAT_MS = 1000;

interface Task {
  readonly atMs: number;
  readonly run: () => void;
}

export interface Faults {
  readonly failedFetchShare: number;
  readonly lateFrameShare: number;
  readonly duplicateShare: number;
}

/** One feed with the shell that `open-feed.ts` is around it. */
interface Feed {
  readonly name: ModelFeed;
  live: LiveFeed;
  readonly history: History;
  wake: number;
  beginsFromMs: number;
  readonly revised: Map<number, Candle>;
}

/** One run of a strategy. */
export interface ModelTaker {
  readonly requests: readonly FeedRequest[];
  readonly handledUntil: ReadonlyMap<FeedKey, number>;
  readonly delivery: Delivery;
  hasBegun: boolean;
  isGone: boolean;
  readonly heard: { readonly atMs: number; readonly given: Delivered }[];
}

export class FeedWorld {
  nowMs = 0;
  readonly feeds = new Map<FeedKey, Feed>();
  readonly takers: ModelTaker[] = [];
  readonly gaps: Gap[] = [];
  #tasks: Task[] = [];
  #connection = 0;
  /** Nothing comes through any more, although the connection seems open. */
  #isDead = true;
  #heardMs = Number.NEGATIVE_INFINITY;
  #lastArrivalMs = 0;
  /** The last beats of the process, of which it misses those during a stall. */
  #beatMs = 0;
  #beforeMs = 0;
  #nextFaultMs = 0;
  readonly #exchange: ModelExchange;
  readonly #random: Random;
  readonly #faults: Faults;

  constructor(
    exchange: ModelExchange,
    names: readonly ModelFeed[],
    random: Random,
    faults: Faults,
  ) {
    this.#exchange = exchange;
    this.#random = random;
    this.#faults = faults;
    this.#beat();
    for (const name of names) {
      this.feeds.set(feedKey(name), {
        name,
        live: newFeed(name.coin, name.timeframe),
        history: new History(),
        wake: 0,
        beginsFromMs: 0,
        revised: new Map(),
      });
    }
  }

  #beat(): void {
    this.#beforeMs = this.#beatMs;
    this.#beatMs = this.nowMs;
    this.at(this.nowMs + BEAT_MS, () => this.#beat());
  }

  get exchangeMs(): number {
    return EPOCH_MS + this.nowMs;
  }

  at(atMs: number, run: () => void): void {
    const index = this.#tasks.findLastIndex((task) => task.atMs <= atMs);
    this.#tasks.splice(index + 1, 0, { atMs, run });
  }

  runUntil(endMs: number): void {
    for (
      let task = this.#tasks[0];
      task !== undefined && task.atMs <= endMs;
      task = this.#tasks[0]
    ) {
      this.#tasks.shift();
      this.nowMs = Math.max(this.nowMs, task.atMs);
      task.run();
    }
    this.nowMs = endMs;
  }

  /** For so long the process does not run: what came meanwhile is read after it. */
  stall(forMs: number): void {
    this.nowMs += forMs;
  }

  /** Connects; trades come through until the connection dies, which is noticed at `noticedMs`. */
  connect(diesMs: number, noticedMs: number): void {
    this.#connection += 1;
    this.#isDead = false;
    this.#nextFaultMs = diesMs;
    this.#heardMs = this.exchangeMs;
    const connection = this.#connection;
    for (const feed of this.feeds.values()) {
      this.at(this.nowMs + 20 + this.#random() * 3000, () => this.#subscribe(feed, connection));
    }
    this.at(diesMs, () => {
      this.#isDead = true;
    });
    this.at(noticedMs, () => {
      for (const feed of this.feeds.values()) this.#take(feed, { kind: "lost" });
    });
  }

  attach(requests: readonly FeedRequest[], handledUntil: ReadonlyMap<FeedKey, number>): ModelTaker {
    const taker: ModelTaker = {
      requests,
      handledUntil,
      delivery: new Delivery(),
      hasBegun: false,
      isGone: false,
      heard: [],
    };
    this.takers.push(taker);
    this.#changed(taker);
    return taker;
  }

  #subscribe(feed: Feed, connection: number): void {
    if (this.#isDead || connection !== this.#connection) return;
    this.#heardMs = this.exchangeMs;
    this.#take(feed, { kind: "subscribed" });
    const openTime = openTimeAt(feed.name.timeframe, this.exchangeMs);
    this.#push(feed, openTime, this.exchangeMs);
    for (const tradeMs of this.#exchange.tradeTimes(feed.name.coin)) {
      const atMs = tradeMs - EPOCH_MS;
      if (atMs <= this.nowMs) continue;
      if (atMs >= this.#nextFaultMs) return;
      this.at(atMs, () => this.#push(feed, openTimeAt(feed.name.timeframe, tradeMs), tradeMs));
    }
  }

  /** Sends the state of a candle: in order but for the odd late one, now and then twice. */
  #push(feed: Feed, openTime: number, stateMs: number): void {
    const candle = this.#exchange.stateAt(feed.name, openTime, stateMs);
    if (candle === undefined) return;
    const connection = this.#connection;
    const sentMs = stateMs - EPOCH_MS;
    const arrive = (atMs: number) => {
      if (atMs >= this.#nextFaultMs) return;
      this.at(atMs, () => {
        if (connection !== this.#connection) return;
        this.#heardMs = this.exchangeMs;
        this.#take(feed, { kind: "frame", candle });
        this.#wordHeard();
      });
    };
    if (this.#random() < this.#faults.lateFrameShare) {
      return arrive(sentMs + 200 + this.#random() * 10_000);
    }
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, sentMs + this.#random() * 300);
    arrive(this.#lastArrivalMs);
    if (this.#random() < this.#faults.duplicateShare) arrive(sentMs + this.#random() * 90_000);
  }

  #wordHeard(): void {
    for (const feed of this.feeds.values()) {
      if (feed.live.proving) this.#take(feed, { kind: "woke" });
    }
  }

  #take(feed: Feed, event: FeedEvent): void {
    const context: FeedContext = {
      nowMs: this.nowMs,
      exchangeMs: this.exchangeMs,
      graceMs: GRACE_MS,
      heardMs: this.#heardMs,
      sentAfterMs: EPOCH_MS + this.#beforeMs,
    };
    const { feed: live, effects } = step(feed.live, event, context);
    feed.live = live;
    for (const effect of effects) this.#carryOut(feed, effect);
    this.#wakeLater(feed);
    for (const taker of this.takers) this.#changed(taker);
  }

  #carryOut(feed: Feed, effect: FeedEffect): void {
    const key = feedKey(feed.name);
    switch (effect.kind) {
      case "began":
        return feed.history.prepend(effect.candles, feed.beginsFromMs);
      case "closed":
        feed.history.append(effect.candle);
        for (const { delivery } of this.takers) delivery.settle(key, { ...effect, kind: "candle" });
        return;
      case "gap":
        this.gaps.push(effect.gap);
        for (const { delivery } of this.takers) delivery.settle(key, effect);
        return;
      case "revised":
        feed.revised.set(effect.after.openTime, effect.after);
        return feed.history.revise(effect.after);
      case "fetch":
        return this.#fetch(feed, effect.fromMs);
      case "prove": {
        const connection = this.#connection;
        this.at(this.nowMs + 50, () => {
          if (this.#isDead || connection !== this.#connection) return;
          this.#heardMs = this.exchangeMs;
          this.#wordHeard();
        });
        return;
      }
      default:
        return;
    }
  }

  #fetch(feed: Feed, fromMs: number | null): void {
    const { epoch } = feed.live;
    const askedAtMs = this.exchangeMs;
    const lengthMs = TIMEFRAME_MS[feed.name.timeframe];
    const startMs = fromMs ?? openTimeAt(feed.name.timeframe, askedAtMs) - 12 * lengthMs;
    if (fromMs === null) feed.beginsFromMs = startMs;
    const isSlow = this.#random() < 0.05;
    const readMs = this.nowMs + this.#random() * (isSlow ? 4000 : 300);
    const failed = this.#random() < this.#faults.failedFetchShare;
    this.at(readMs, () => {
      const rows = this.#exchange.rows(feed.name, startMs, this.exchangeMs);
      this.at(readMs + this.#random() * (isSlow ? 4000 : 300), () =>
        this.#take(
          feed,
          failed ? { kind: "fetch-failed" } : { kind: "fetched", rows, epoch, askedAtMs },
        ),
      );
    });
  }

  #wakeLater(feed: Feed): void {
    feed.wake += 1;
    const { wake } = feed;
    const { atMs, atExchangeMs } = wakesOf(feed.live, GRACE_MS);
    const nextMs = Math.min(
      atMs ?? Number.POSITIVE_INFINITY,
      atExchangeMs === null ? Number.POSITIVE_INFINITY : atExchangeMs - EPOCH_MS,
    );
    if (!Number.isFinite(nextMs)) return;
    this.at(Math.max(nextMs, this.nowMs), () => {
      if (wake === feed.wake) this.#take(feed, { kind: "woke" });
    });
  }

  /** What `taker-attachment.ts` does when a feed has changed. */
  #changed(taker: ModelTaker): void {
    if (taker.isGone) return;
    if (!taker.hasBegun) this.#begin(taker);
    for (const given of taker.delivery.release(this.nowMs)) this.#give(taker, given);
    const nextMs = taker.delivery.releasesAtMs;
    if (nextMs !== null && nextMs > this.nowMs) this.at(nextMs, () => this.#changed(taker));
  }

  #begin(taker: ModelTaker): void {
    const pasts: Past[] = [];
    for (const request of taker.requests) {
      const feed = this.feeds.get(feedKey(request));
      const closedUntilMs = feed?.live.closedUntilMs ?? null;
      if (feed === undefined || feedState(feed.live) !== "live" || closedUntilMs === null) return;
      const handledUntilMs = taker.handledUntil.get(feedKey(request)) ?? null;
      if (handledUntilMs !== null && closedUntilMs < handledUntilMs) return;
      pasts.push({ request, handledUntilMs, wasDown: true, closedUntilMs });
    }
    const plans = planWarmup(pasts, this.exchangeMs - GRACE_MS - LAG_WAIT_MS);
    for (const { past, liveFromMs } of plans) {
      const feed = this.feeds.get(feedKey(past.request));
      const fromMs = neededFromMs(past, liveFromMs);
      if (feed === undefined || feed.history.covers(fromMs)) continue;
      feed.history.prepend(this.#exchange.rows(feed.name, fromMs, EPOCH_MS), fromMs);
    }
    taker.hasBegun = true;
    const given = taker.delivery.begin(
      plans,
      (request, fromMs, untilMs) =>
        this.feeds.get(feedKey(request))?.history.between(fromMs, untilMs) ?? [],
    );
    for (const one of given) this.#give(taker, one);
  }

  #give(taker: ModelTaker, given: Delivered): void {
    taker.heard.push({ atMs: this.nowMs, given });
  }
}
