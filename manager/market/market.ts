/** What the rest of the manager sees of the market: feeds to attach to, weight, nonces, instruments. */
import type { FillWatch } from "#manager/market/user-events.ts";
import type { BudgetView } from "#manager/market/weight-budget.ts";
import type { Candle, Coin, FeedKey, FeedRequest, Gap } from "#shared/candle.ts";
import type { Priority } from "#shared/child-message.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { FeedView } from "#shared/control-api.ts";
import type { Instrument } from "#shared/instrument.ts";

/** Who takes candles: one strategy's run. Called synchronously; must not throw. */
export interface Taker {
  /**
   * Closed candles in delivery order, each once. `warmup`: the past of feeds just taken, in pieces;
   * `live`: all candles of this taker's feeds that closed at one time, in one call.
   */
  candles(phase: "warmup" | "live", candles: readonly Candle[]): void;
  /** The open candle of a feed as it stands now; only when the taker asked for it. */
  forming(candle: Candle): void;
  /** Candles that it did not get in time, said before the live candle that follows them. */
  gap(gap: Gap): void;
}

export interface AttachRequest {
  readonly feeds: readonly FeedRequest[];
  /**
   * Close time of the last candle that this strategy has handled, by feed, from its runs before:
   * what closed since is fetched, given as `warmup`, and named by a `gap` with the reason `down`.
   */
  readonly handledUntil: ReadonlyMap<FeedKey, UnixMs>;
  readonly wantsForming: boolean;
  readonly taker: Taker;
}

/** One taker's hold on its feeds. */
export interface Attachment {
  /** In the order in which they were taken. */
  feeds(): readonly FeedView[];
  /** Takes one more feed; one that is held already changes nothing. Throws `UnknownCoinError`. */
  take(feed: FeedRequest): Promise<void>;
  /** Drops a feed; one that is not held changes nothing. */
  drop(feed: FeedRequest): void;
  /** Lets go of all feeds; the taker hears nothing more. */
  detach(): void;
}

/** What the market is doing. */
export interface MarketCounters {
  /** Whether the WebSocket is open. */
  readonly isUp: boolean;
  /** Feeds that are open. */
  readonly feeds: number;
  /** Frames received since the start. */
  readonly frames: number;
  readonly budget: BudgetView;
}

/** Keeps what the market sees. Called synchronously; must not throw. */
export interface MarketArchive {
  /** Closed candles of one feed, or corrections of some, ascending. */
  keep(candles: readonly Candle[], origin: "exchange" | "feed"): void;
  keepInstruments(instruments: readonly Instrument[]): void;
}

export interface Market {
  /** Takes feeds; candles come as soon as they are there, never before this call has returned. */
  attach(request: AttachRequest): Attachment;
  /**
   * The exchange's perps by coin; fetched once and again when a coin is not in it.
   * Throws `ExchangeUnreachableError` when it cannot be had and none is kept.
   */
  instruments(): Promise<ReadonlyMap<string, Instrument>>;
  /** Throws `UnknownCoinError` (near name). */
  instrument(coin: string): Promise<Instrument>;
  /** Coins that the last list calls delisted; none before the first list. */
  delisted(): ReadonlySet<Coin>;
  /** Resolves when the machine's one budget has so much weight to spare for this priority. */
  weight(weight: number, priority: Priority): Promise<void>;
  /** The exchange answered a strategy's request with 429. */
  rateLimited(): void;
  /**
   * A nonce for one signed action: strictly rising per signer, never behind the clock. Waits while
   * so many are on their way that the exchange could take the oldest for too low.
   */
  nonce(signer: string): Promise<number>;
  /** The action of this nonce has its answer, or will have none. */
  nonceSpent(signer: string, nonce: number): void;
  /** Takes the fills of this account from here on, and of no other any more. */
  watchFills(watch: FillWatch): void;
  /**
   * Resolves when the fills that happened until now have been taken; null when that is so, and when
   * no account is watched.
   */
  whenFillsSynced(): Promise<void> | null;
  counters(): MarketCounters;
  close(): Promise<void>;
}
