/** One feed that somebody takes: carries out what `feed.ts` wants done, and keeps its closed candles. */
import type { Settled } from "#manager/market/delivery.ts";
import type { ExchangeTime } from "#manager/market/exchange-time.ts";
import { step, wakesOf } from "#manager/market/feed.ts";
import {
  type FeedContext,
  type FeedEffect,
  type FeedEvent,
  feedState,
  type LiveFeed,
  newFeed,
} from "#manager/market/feed-state.ts";
import { History } from "#manager/market/history.ts";
import type { CandleRange, CandleRows, Info } from "#manager/market/info.ts";
import type { MarketArchive } from "#manager/market/market.ts";
import type { FeedName } from "#manager/market/subscriptions.ts";
import { unreachable } from "#shared/assert.ts";
import { type Candle, EXCHANGE_CANDLES_MAX, type FeedKey, feedKey } from "#shared/candle.ts";
import type { Priority } from "#shared/child-message.ts";
import type { Clock, MonotonicMs, Timer, UnixMs } from "#shared/clock.ts";
import type { FeedState } from "#shared/control-api.ts";
import { messageOf } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import type { Log } from "#shared/log.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

/** Candles that are fetched beyond what is asked for: the feed may begin a little in the past. */
const MARGIN = 2;
/** Fewest closed candles kept while a feed is open. */
const KEPT_MIN = 16;
/** Delay before older candles are asked for again after a failure, in ms. */
const OLDER_RETRY_MS = 5000;

/** Who is told what a feed does. */
export interface FeedListener {
  /** Open time of the oldest candle wanted when the feed begins at `nowMs`. */
  wantedFromMs(key: FeedKey, nowMs: UnixMs): UnixMs;
  settled(key: FeedKey, settled: Settled): void;
  forming(key: FeedKey, candle: Candle): void;
  /** Something of the feed is different; said after all that was settled together. */
  changed(): void;
}

export interface FeedDeps {
  readonly clock: Clock;
  readonly time: ExchangeTime;
  readonly info: Info;
  readonly log: Log;
  readonly onEvent: (body: EventBody) => void;
  readonly archive: MarketArchive;
  /** When the exchange last said anything. */
  readonly heardMs: () => MonotonicMs;
  /** What is read now was sent after this. */
  readonly sentAfterMs: () => MonotonicMs;
  /** Makes the exchange say something; the feed is then told `woke`. */
  readonly prove: (feed: OpenFeed) => void;
  /** Subscribes anew: frames that should have come did not. */
  readonly renew: (feed: OpenFeed) => void;
}

export class OpenFeed {
  readonly name: FeedName;
  readonly key: FeedKey;
  readonly listeners = new Set<FeedListener>();
  readonly history = new History();
  /** Since when the exchange refuses the subscription; null when it does not. */
  refusedSinceMs: MonotonicMs | null = null;
  /** When the last frame came, or the subscription began. */
  lastFrameMs: MonotonicMs;
  readonly #deps: FeedDeps;
  #feed: LiveFeed;
  #timer: Timer | undefined;
  #olderTimer: Timer | undefined;
  #fetchingOlder = false;
  #beginsFromMs: UnixMs = 0;
  #isClosed = false;
  /** Candles of the history above which it may be too long. */
  #trimAbove = 2 * KEPT_MIN;

  constructor(name: FeedName, deps: FeedDeps) {
    this.name = { coin: name.coin, timeframe: name.timeframe };
    this.key = feedKey(name);
    this.#deps = deps;
    this.#feed = newFeed(name.coin, name.timeframe);
    this.lastFrameMs = deps.clock.monotonic();
  }

  get state(): FeedState {
    return feedState(this.#feed);
  }

  get isSubscribed(): boolean {
    return this.#feed.subscribed;
  }

  /** Close time up to which every candle is settled; null before the first rows. */
  get closedUntilMs(): UnixMs | null {
    return this.#feed.closedUntilMs;
  }

  take(event: FeedEvent): void {
    if (this.#isClosed) return;
    if (event.kind === "frame" || event.kind === "subscribed") {
      this.lastFrameMs = this.#deps.clock.monotonic();
    }
    const before = this.#feed;
    const { feed, effects } = step(before, event, this.#context());
    this.#feed = feed;
    let forming: Candle | undefined;
    for (const effect of effects) {
      if (effect.kind === "forming") forming = effect.candle;
      else this.#carryOut(effect);
    }
    // Most frames only move the open candle.
    const isQuiet = effects.length === (forming === undefined ? 0 : 1);
    const isSilent = event.kind === "frame" && isQuiet && feed.synced === before.synced;
    if (!isSilent) this.#tellChanged();
    // After the closed candle before it has been given.
    if (forming !== undefined) {
      for (const listener of this.listeners) listener.forming(this.key, forming);
    }
    if (!isSilent) this.#tidyUp(effects);
  }

  /** Fetches the closed candles from `fromMs` on, if they are not here; `changed` is said when they are. */
  wantOlder(fromMs: UnixMs): void {
    if (this.#fetchingOlder || this.#isClosed || this.history.covers(fromMs)) return;
    this.#fetchingOlder = true;
    void this.#fetchOlder(fromMs);
  }

  /** Hears nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#olderTimer?.cancel();
  }

  #context(): FeedContext {
    const { clock, time, heardMs, sentAfterMs } = this.#deps;
    const nowMs = clock.monotonic();
    const atOf = (ms: MonotonicMs): UnixMs =>
      Number.isFinite(ms) ? (time.at(ms) ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY;
    return {
      nowMs,
      exchangeMs: time.at(nowMs),
      graceMs: time.graceMs,
      heardMs: atOf(heardMs()),
      sentAfterMs: atOf(sentAfterMs()),
    };
  }

  #tellChanged(): void {
    for (const listener of this.listeners) listener.changed();
  }

  /** What can wait until the strategies have what they wait for. */
  #tidyUp(effects: readonly FeedEffect[]): void {
    const { archive } = this.#deps;
    for (const effect of effects) {
      if (effect.kind === "began") archive.keep(effect.candles, "exchange");
      if (effect.kind === "closed") {
        archive.keep([effect.candle], "feed");
        this.#trim();
      }
      if (effect.kind === "revised") archive.keep([effect.after], "feed");
    }
    this.#schedule();
  }

  #carryOut(effect: Exclude<FeedEffect, { kind: "forming" }>): void {
    switch (effect.kind) {
      case "began":
        return this.history.prepend(effect.candles, this.#beginsFromMs);
      case "closed":
        this.history.append(effect.candle);
        return this.#settled({ kind: "candle", candle: effect.candle });
      case "gap":
        this.#deps.onEvent({ kind: "gap", gap: effect.gap });
        return this.#settled({ kind: "gap", gap: effect.gap });
      case "revised":
        this.history.revise(effect.after);
        return this.#deps.onEvent({
          kind: "revised",
          before: effect.before,
          after: effect.after,
        });
      case "fetch":
        void this.#fetch(effect.fromMs);
        return;
      case "prove":
        return this.#deps.prove(this);
      case "deaf":
        return this.#deps.renew(this);
      default:
        return unreachable(effect, "feed effect");
    }
  }

  #settled(settled: Settled): void {
    for (const listener of this.listeners) listener.settled(this.key, settled);
  }

  async #fetch(fromMs: UnixMs | null): Promise<void> {
    const { epoch } = this.#feed;
    const nowMs = this.#deps.time.now() ?? 0;
    const startMs = fromMs ?? this.#beginningMs(nowMs);
    if (fromMs === null) this.#beginsFromMs = startMs;
    const priority = fromMs === null ? "warmup" : "query";
    const range = { fromMs: startMs, untilMs: null, nowMs };
    const answer = await this.#ask(range, priority);
    if (answer === undefined) return this.take({ kind: "fetch-failed" });
    const askedAtMs = this.#deps.time.at(answer.sentMs) ?? nowMs;
    this.take({ kind: "fetched", rows: answer.rows, epoch, askedAtMs });
  }

  /** Undefined when it cannot be had now. */
  async #ask(range: CandleRange, priority: Priority): Promise<CandleRows | undefined> {
    try {
      return await this.#deps.info.candles(this.name, range, priority);
    } catch (error) {
      if (!this.#isClosed) {
        const problem = messageOf(error);
        this.#deps.log.warn("candles cannot be had", { feed: this.key, problem });
      }
      return undefined;
    }
  }

  /** Open time of the oldest candle that anybody wants at the feed's beginning. */
  #beginningMs(nowMs: UnixMs): UnixMs {
    const lengthMs = TIMEFRAME_MS[this.name.timeframe];
    const openTimeMs = openTimeAt(this.name.timeframe, nowMs);
    const wanted = [...this.listeners].map((listener) =>
      listener.wantedFromMs(this.key, openTimeMs),
    );
    const oldestMs = openTimeMs - EXCHANGE_CANDLES_MAX * lengthMs;
    return Math.max(oldestMs, Math.min(openTimeMs, ...wanted) - MARGIN * lengthMs);
  }

  async #fetchOlder(fromMs: UnixMs): Promise<void> {
    const { clock, time } = this.#deps;
    const startMs = fromMs - MARGIN * TIMEFRAME_MS[this.name.timeframe];
    const untilMs = this.history.fromMs ?? 0;
    const range = { fromMs: startMs, untilMs, nowMs: time.now() ?? untilMs };
    const answer = await this.#ask(range, "warmup");
    if (this.#isClosed) return;
    if (answer === undefined) {
      this.#olderTimer = clock.after(OLDER_RETRY_MS, () => this.#olderIsDone());
      return;
    }
    const rows = answer.rows.filter((row) => row.openTime < untilMs);
    this.#deps.archive.keep(rows, "exchange");
    this.history.prepend(answer.rows, startMs);
    this.#olderIsDone();
  }

  /** Those who still lack older candles ask again. */
  #olderIsDone(): void {
    this.#fetchingOlder = false;
    this.#tellChanged();
  }

  /** Asks all who listen, so not with every candle. */
  #trim(): void {
    if (this.history.length <= this.#trimAbove) return;
    const count = this.#keptCount();
    this.history.trim(count);
    this.#trimAbove = 2 * count;
  }

  /** So many that the next to take the feed like those who do finds them here. */
  #keptCount(): number {
    const { closedUntilMs } = this.#feed;
    if (closedUntilMs === null) return KEPT_MIN;
    const wanted = [...this.listeners].map((listener) =>
      listener.wantedFromMs(this.key, closedUntilMs),
    );
    const spanMs = closedUntilMs - Math.min(closedUntilMs, ...wanted);
    const count = Math.ceil(spanMs / TIMEFRAME_MS[this.name.timeframe]) + MARGIN;
    return Math.min(EXCHANGE_CANDLES_MAX, Math.max(KEPT_MIN, count));
  }

  #schedule(): void {
    const { clock, time } = this.#deps;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isClosed) return;
    const { atMs, atExchangeMs } = wakesOf(this.#feed, time.graceMs);
    const delays = [
      ...(atMs === null ? [] : [atMs - clock.monotonic()]),
      ...(atExchangeMs === null ? [] : [time.delayUntil(atExchangeMs)]),
    ].filter((delayMs) => delayMs !== null);
    if (delays.length === 0) return;
    // A timer fires up to a ms early, and would then find nothing to do.
    this.#timer = clock.after(Math.ceil(Math.min(...delays)) + 1, () =>
      this.take({ kind: "woke" }),
    );
  }
}
