/** Every feed that anybody takes: one subscription each, whatever the number of takers. */
import type { Connection } from "#manager/market/connection.ts";
import { FeedsExhaustedError } from "#manager/market/errors.ts";
import { ExchangeTime } from "#manager/market/exchange-time.ts";
import type { Info } from "#manager/market/info.ts";
import type { MarketArchive } from "#manager/market/market.ts";
import { OpenFeed } from "#manager/market/open-feed.ts";
import { Pulse } from "#manager/market/pulse.ts";
import {
  type ChannelKey,
  channelKey,
  type FeedName,
  type Refusal,
  SUBSCRIPTIONS_MAX,
} from "#manager/market/subscriptions.ts";
import { type Candle, type Coin, type FeedKey, feedKey } from "#shared/candle.ts";
import type { Clock, MonotonicMs, Timer } from "#shared/clock.ts";
import type { EventBody } from "#shared/event.ts";
import type { Log } from "#shared/log.ts";

/** One subscription is kept for the account's fills. */
const FEEDS_OPEN_MAX = SUBSCRIPTIONS_MAX - 1;
/** How long a feed outlives its last taker, in ms: a strategy that restarts finds it as it was. */
const LINGER_MS = 5000;
/** How often the feeds are looked at for silence, in ms. */
const SILENCE_CHECK_MS = 10_000;
/**
 * A feed without a frame for so long, while others have some, is subscribed anew, in ms; doubled
 * each time, since a market without trades looks the same.
 */
const SILENT_MS_MIN = 120_000;
const SILENT_MS_MAX = 3_600_000;
/** Least time between two new subscriptions of one feed because of candles without frames, in ms. */
const DEAF_MS_MIN = 60_000;

export interface FeedHubOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Log;
  readonly info: Info;
  readonly archive: MarketArchive;
  readonly onEvent: (body: EventBody) => void;
  /** A feed was refused, fell silent, or lacks a candle. */
  readonly onTrouble: () => void;
}

interface Entry {
  readonly feed: OpenFeed;
  takers: number;
  linger: Timer | undefined;
  silentMs: number;
  renewedMs: MonotonicMs;
}

export class FeedHub {
  readonly time: ExchangeTime;
  readonly #options: FeedHubOptions;
  readonly #connection: Connection;
  readonly #entries = new Map<FeedKey, Entry>();
  /** Feeds that wait for a word of the exchange. */
  readonly #proving = new Set<OpenFeed>();
  #downSinceMs: MonotonicMs | null = null;
  #lastCandleMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #silenceTimer: Timer | undefined;
  readonly #pulse: Pulse;

  constructor(options: FeedHubOptions) {
    this.#options = options;
    const { clock, log, info, connection } = options;
    this.time = new ExchangeTime({
      clock,
      log,
      sample: () => info.time(),
      onChange: () => this.#wakeAll(),
    });
    this.#pulse = new Pulse(clock);
    this.#connection = connection;
    connection.listen({
      candle: (candle) => this.#candle(candle),
      subscribed: (key) => this.#subscribed(key),
      refused: (refusal) => this.#refused(refusal),
      up: () => this.#up(),
      down: (reason) => this.#down(reason),
      heard: () => this.#heard(),
    });
  }

  get counters(): { readonly isUp: boolean; readonly feeds: number; readonly frames: number } {
    const { isUp, frames } = this.#connection;
    return { isUp, feeds: this.#entries.size, frames };
  }

  /** Coins of the feeds that are open, one for each feed. */
  *coins(): Generator<Coin> {
    for (const { feed } of this.#entries.values()) yield feed.name.coin;
  }

  /** The one feed of this name; each `open` wants one `release`. Throws `FeedsExhaustedError`. */
  open(name: FeedName): OpenFeed {
    const entry = this.#entries.get(feedKey(name)) ?? this.#openNew(name);
    entry.linger?.cancel();
    entry.linger = undefined;
    entry.takers += 1;
    return entry.feed;
  }

  release(feed: OpenFeed): void {
    const entry = this.#entries.get(feed.key);
    if (entry === undefined) return;
    entry.takers -= 1;
    if (entry.takers > 0) return;
    entry.linger = this.#options.clock.after(LINGER_MS, () => this.#close(entry));
  }

  close(): void {
    this.time.stop();
    this.#pulse.stop();
    this.#silenceTimer?.cancel();
    for (const entry of this.#entries.values()) {
      entry.linger?.cancel();
      entry.feed.close();
    }
    this.#entries.clear();
  }

  #openNew(name: FeedName): Entry {
    if (this.#entries.size >= FEEDS_OPEN_MAX) this.#closeOneIdle();
    if (this.#entries.size >= FEEDS_OPEN_MAX) {
      throw new FeedsExhaustedError(name.coin, FEEDS_OPEN_MAX);
    }
    const { clock, info, log, onEvent, onTrouble, archive } = this.#options;
    const feed = new OpenFeed(name, {
      clock,
      time: this.time,
      info,
      log,
      onEvent: (body) => {
        onEvent(body);
        if (body.kind === "gap") onTrouble();
      },
      archive,
      heardMs: () => this.#connection.heardMs,
      sentAfterMs: () => this.#pulse.drainedMs,
      prove: (asking) => {
        this.#proving.add(asking);
        this.#connection.ping();
      },
      renew: (deaf) => this.#renewDeaf(deaf),
    });
    const entry: Entry = {
      feed,
      takers: 0,
      linger: undefined,
      silentMs: SILENT_MS_MIN,
      renewedMs: Number.NEGATIVE_INFINITY,
    };
    if (this.#entries.size === 0) this.#wake();
    this.#entries.set(feed.key, entry);
    onEvent({ kind: "feed_opened", feed: feed.key });
    this.#connection.subscribe(feed.name);
    return entry;
  }

  #closeOneIdle(): void {
    const idle = [...this.#entries.values()].find((entry) => entry.takers === 0);
    if (idle !== undefined) this.#close(idle);
  }

  #close(entry: Entry): void {
    entry.linger?.cancel();
    entry.feed.close();
    this.#entries.delete(entry.feed.key);
    this.#proving.delete(entry.feed);
    this.#connection.unsubscribe(entry.feed.name);
    this.#options.onEvent({ kind: "feed_closed", feed: entry.feed.key });
    if (this.#entries.size > 0) return;
    this.time.stop();
    this.#silenceTimer?.cancel();
  }

  /** With the first feed: the exchange's time matters again, and so does silence. */
  #wake(): void {
    this.time.start();
    this.#checkSilenceLater();
  }

  #candle(candle: Candle): void {
    this.#lastCandleMs = this.#options.clock.monotonic();
    this.time.candleSeen(candle.openTime);
    this.#entries.get(feedKey(candle))?.feed.take({ kind: "frame", candle });
  }

  #subscribed(key: ChannelKey): void {
    const feed = this.#entries.get(key)?.feed;
    if (feed === undefined) return;
    feed.refusedSinceMs = null;
    feed.take({ kind: "subscribed" });
  }

  #refused(refusal: Refusal): void {
    const key = channelKey(refusal.channel);
    const feed = this.#entries.get(key)?.feed;
    if (feed === undefined) return;
    this.#options.log.warn("feed refused", { feed: key, reason: refusal.reason });
    feed.refusedSinceMs ??= this.#options.clock.monotonic();
    // The first of many: the rest is in the log.
    if (refusal.times === 1) {
      this.#options.onEvent({ kind: "feed_refused", feed: key, reason: refusal.reason });
    }
    for (const listener of feed.listeners) listener.changed();
    this.#options.onTrouble();
  }

  #up(): void {
    const nowMs = this.#options.clock.monotonic();
    if (this.#downSinceMs !== null) {
      this.#options.onEvent({ kind: "reconnected", afterMs: nowMs - this.#downSinceMs });
    }
    this.#downSinceMs = null;
  }

  #down(reason: string): void {
    this.#downSinceMs = this.#options.clock.monotonic();
    this.#options.onEvent({ kind: "disconnected", reason });
    this.#proving.clear();
    for (const { feed } of this.#entries.values()) feed.take({ kind: "lost" });
  }

  #heard(): void {
    if (this.#proving.size === 0) return;
    const proved = [...this.#proving];
    this.#proving.clear();
    for (const feed of proved) feed.take({ kind: "woke" });
  }

  #wakeAll(): void {
    for (const { feed } of this.#entries.values()) feed.take({ kind: "woke" });
  }

  #checkSilenceLater(): void {
    this.#silenceTimer = this.#options.clock.after(SILENCE_CHECK_MS, () => {
      this.#checkSilence();
      this.#checkSilenceLater();
    });
  }

  #checkSilence(): void {
    const nowMs = this.#options.clock.monotonic();
    const othersTalk = nowMs - this.#lastCandleMs < SILENCE_CHECK_MS;
    if (!this.#connection.isUp || !othersTalk) return;
    for (const entry of this.#entries.values()) {
      const forMs = nowMs - entry.feed.lastFrameMs;
      if (!entry.feed.isSubscribed || forMs < entry.silentMs) continue;
      entry.silentMs = Math.min(entry.silentMs * 2, SILENT_MS_MAX);
      this.#renew(entry, forMs);
    }
  }

  #renewDeaf(feed: OpenFeed): void {
    const nowMs = this.#options.clock.monotonic();
    const entry = this.#entries.get(feed.key);
    if (entry === undefined || nowMs - entry.renewedMs < DEAF_MS_MIN) return;
    this.#renew(entry, nowMs - feed.lastFrameMs);
  }

  #renew(entry: Entry, forMs: number): void {
    entry.renewedMs = this.#options.clock.monotonic();
    this.#options.onEvent({ kind: "feed_silent", feed: entry.feed.key, forMs });
    this.#options.onTrouble();
    entry.feed.take({ kind: "lost" });
    this.#connection.renew(entry.feed.name);
  }
}
