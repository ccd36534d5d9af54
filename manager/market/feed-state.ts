/** What `feed.ts` knows of one feed, what happens to it, and what it wants done. */
import { assert } from "#shared/assert.ts";
import type { Candle, Coin, Gap } from "#shared/candle.ts";
import type { MonotonicMs, UnixMs } from "#shared/clock.ts";
import type { FeedState } from "#shared/control-api.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** Closed candles that a late correction may still reach. */
const CORRECTABLE_MAX = 16;
/** Most candles that wait behind a missing one; what is newer is fetched when its turn comes. */
const PENDING_MAX = 5000;

/** What is known of a candle. */
export interface Pending {
  readonly candle: Candle;
  /** By its end, and not before, the exchange told us this: it can be closed without more proof. */
  readonly final: boolean;
}

export type FetchState =
  | { readonly kind: "none" }
  /** Under way; `dueMs` is the candle that it is asked for, null when it is for the whole. */
  | { readonly kind: "asked"; readonly dueMs: UnixMs | null }
  | { readonly kind: "waiting"; readonly untilMs: MonotonicMs };

export interface LiveFeed {
  readonly coin: Coin;
  readonly timeframe: Timeframe;
  /** The exchange has confirmed the subscription on the present connection. */
  readonly subscribed: boolean;
  /** Counts the subscriptions: what was asked in one says nothing of frames lost before the next. */
  readonly epoch: number;
  /** Exchange time at which the present subscription was confirmed; null when unknown. */
  readonly subscribedAtMs: UnixMs | null;
  /** Nothing was missed since the subscription began, or it has been fetched. */
  readonly synced: boolean;
  /** When an unsynced feed stops waiting for a frame that would make a fetch needless. */
  readonly syncAtMs: MonotonicMs;
  /** Every candle that closes at or before this was closed or named by a gap; null while warming. */
  readonly closedUntilMs: UnixMs | null;
  /** By open time. */
  readonly pending: readonly Pending[];
  /** The last closed candles, newest last. */
  readonly recent: readonly Pending[];
  /** The exchange's time after which its last frame was sent. */
  readonly framedMs: UnixMs;
  /** Open time of the newest candle of which a frame came. */
  readonly framedOpenMs: UnixMs;
  /**
   * Open time of the first candle whose last frames may have gone with a connection: it is asked for
   * again. Null when there is none.
   */
  readonly doubtedFromMs: UnixMs | null;
  readonly fetch: FetchState;
  /** Fetches in a row that failed. */
  readonly failures: number;
  /** Answers without the candle that is due. */
  readonly attempts: number;
  /** Exchange time at which the due candle was first asked for. */
  readonly missingSinceMs: UnixMs | null;
  /** A word of the exchange is awaited, to tell a quiet market from a dead connection. */
  readonly proving: boolean;
}

/** A feed while a step works on it. */
export type Draft = { -readonly [Key in keyof LiveFeed]: LiveFeed[Key] };

export type FeedEvent =
  | { readonly kind: "frame"; readonly candle: Candle }
  /** The exchange confirmed the subscription. */
  | { readonly kind: "subscribed" }
  /** The connection, or the subscription, is gone. */
  | { readonly kind: "lost" }
  | {
      readonly kind: "fetched";
      /** From the exchange, ascending; the last one may be open. */
      readonly rows: readonly Candle[];
      /** `epoch` of the feed, and the exchange's time, when the request was sent. */
      readonly epoch: number;
      readonly askedAtMs: UnixMs;
    }
  | { readonly kind: "fetch-failed" }
  /** A moment named by `wakesOf` has come, the clock is known now, or the awaited word was heard. */
  | { readonly kind: "woke" };

export type FeedEffect =
  /** The first rows are here: `candles` closed before it became live. */
  | { readonly kind: "began"; readonly candles: readonly Candle[] }
  | { readonly kind: "closed"; readonly candle: Candle }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "revised"; readonly before: Candle; readonly after: Candle }
  | { readonly kind: "forming"; readonly candle: Candle }
  /** Ask for every candle from `fromMs`; null: the feed's beginning. Answered by `fetched` or `fetch-failed`. */
  | { readonly kind: "fetch"; readonly fromMs: UnixMs | null }
  /** Make the exchange say something, anything; then `woke`. */
  | { readonly kind: "prove" }
  /** Trades of a whole candle were fetched of which no frame came: subscribe anew. */
  | { readonly kind: "deaf" };

export interface FeedStep {
  readonly feed: LiveFeed;
  readonly effects: readonly FeedEffect[];
}

export interface FeedContext {
  readonly nowMs: MonotonicMs;
  /** The exchange's time now; null when nothing is known of it. */
  readonly exchangeMs: UnixMs | null;
  /** How long after its end a candle is closed by the clock alone, in ms of the exchange's time. */
  readonly graceMs: number;
  /** The exchange's time when it last said anything on this connection. */
  readonly heardMs: UnixMs;
  /** The exchange's time after which it sent what is read now: long ago when this process stood still. */
  readonly sentAfterMs: UnixMs;
}

export const newFeed = (coin: Coin, timeframe: Timeframe): LiveFeed => ({
  coin,
  timeframe,
  subscribed: false,
  epoch: 0,
  subscribedAtMs: null,
  synced: false,
  syncAtMs: 0,
  closedUntilMs: null,
  pending: [],
  recent: [],
  framedMs: Number.NEGATIVE_INFINITY,
  framedOpenMs: Number.NEGATIVE_INFINITY,
  doubtedFromMs: null,
  fetch: { kind: "none" },
  failures: 0,
  attempts: 0,
  missingSinceMs: null,
  proving: false,
});

export function feedState(feed: LiveFeed): FeedState {
  if (feed.closedUntilMs === null) return "warming";
  return feed.subscribed && feed.synced ? "live" : "stale";
}

/** The candle that is due next, if anything of it is known. */
export function dueContent(feed: LiveFeed): Pending | undefined {
  const head = feed.pending[0];
  return head?.candle.openTime === feed.closedUntilMs ? head : undefined;
}

/** Whether the candle that is due next has ended: a newer one was seen, or its time is over. */
export function hasEnded(feed: LiveFeed, context: FeedContext): boolean {
  return hasNewer(feed) || isOverdue(feed, context);
}

/** Whether a candle after the due one has been seen. */
export const hasNewer = (feed: LiveFeed): boolean =>
  feed.pending.length > (dueContent(feed) === undefined ? 0 : 1);

function isOverdue(feed: LiveFeed, context: FeedContext): boolean {
  if (feed.closedUntilMs === null || context.exchangeMs === null) return false;
  return context.exchangeMs >= feed.closedUntilMs + TIMEFRAME_MS[feed.timeframe] + context.graceMs;
}

/** Whether the candle that is due next has ended and nothing of it is known. */
export const isMissing = (feed: LiveFeed, context: FeedContext): boolean =>
  feed.closedUntilMs !== null && dueContent(feed) === undefined && hasEnded(feed, context);

/** Within one candle the number of trades only grows, so of two states the one with more is the later. */
const isNewerState = (candle: Candle, than: Candle): boolean => candle.trades >= than.trades;

/** Remembers the state of a candle that is not closed; of two states the later one. */
export function keepPending(draft: Draft, entry: Pending): void {
  const { candle } = entry;
  const index = draft.pending.findLastIndex(
    (pending) => pending.candle.openTime <= candle.openTime,
  );
  const known = draft.pending[index];
  if (known !== undefined && known.candle.openTime === candle.openTime) {
    const later = isNewerState(candle, known.candle) ? candle : known.candle;
    draft.pending = draft.pending.with(index, {
      candle: later,
      final: entry.final || known.final,
    });
    return;
  }
  if (draft.pending.length >= PENDING_MAX) return;
  draft.pending = draft.pending.toSpliced(index + 1, 0, entry);
}

/** A state of a candle that was closed already: a correction when it differs and is not older. */
export function compareWithClosed(draft: Draft, entry: Pending, effects: FeedEffect[]): void {
  const { candle: after, final } = entry;
  const index = draft.recent.findLastIndex(({ candle }) => candle.openTime === after.openTime);
  const known = draft.recent[index];
  if (known === undefined || !isNewerState(after, known.candle)) return;
  draft.recent = draft.recent.with(index, { candle: after, final: final || known.final });
  const before = known.candle;
  if (!sameContent(before, after)) effects.push({ kind: "revised", before, after });
}

const sameContent = (a: Candle, b: Candle): boolean =>
  a.open === b.open &&
  a.high === b.high &&
  a.low === b.low &&
  a.close === b.close &&
  a.volume === b.volume &&
  a.trades === b.trades;

/** Everything that ends at or before `closeTimeMs` is settled. */
export function settleUntil(draft: Draft, closeTimeMs: UnixMs): void {
  assert(
    draft.closedUntilMs === null || closeTimeMs > draft.closedUntilMs,
    "a feed is settled forwards only",
  );
  draft.closedUntilMs = closeTimeMs;
  draft.attempts = 0;
  draft.missingSinceMs = null;
  draft.proving = false;
}

/** Remembers closed candles for late corrections. */
export function keepRecent(draft: Draft, closed: readonly Pending[]): void {
  draft.recent = [...draft.recent, ...closed].slice(-CORRECTABLE_MAX);
}
