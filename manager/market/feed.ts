/**
 * One feed, as a pure function: frames and fetched rows in, closed candles out, each once, in order.
 *
 *   warming ── the first rows are here ──▶ live ◀── nothing is missing ── stale
 *                                            └──── connection lost ────────▲
 *
 * The exchange's frames carry no closed flag. A frame is the whole state of its candle, so the last
 * one counts. A candle is closed when a newer one has been seen, or when the exchange's clock has
 * passed its end by a grace; a candle that has ended and of which nothing is known is fetched.
 * What was seen before a connection was lost may lack the last trades, and is forgotten; a candle that
 * had closed not long before is fetched again and corrected.
 */
import {
  compareWithClosed,
  type Draft,
  dueContent,
  type FeedContext,
  type FeedEffect,
  type FeedEvent,
  type FeedStep,
  hasEnded,
  hasNewer,
  isMissing,
  keepPending,
  keepRecent,
  type LiveFeed,
  settleUntil,
} from "#manager/market/feed-state.ts";
import { unreachable } from "#shared/assert.ts";
import { type Candle, gapBetween } from "#shared/candle.ts";
import type { MonotonicMs, UnixMs } from "#shared/clock.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

/**
 * How long after a candle's end it is closed by the clock alone, in ms of ours: the exchange pushes
 * a state about every two seconds and may be late with the last one.
 */
export const GRACE_MS = 1500;
/**
 * Delays between answers without a candle that has ended and the next question, in ms of ours: a
 * minute without a trade may be left out at first and published later as a flat row.
 */
export const REASK_DELAYS_MS: readonly number[] = [1000, 2000, 4000, 8000, 15_000, 30_000];
/** Times that an empty answer to the first question is doubted. */
const EMPTY_ANSWERS_MAX = 2;
/**
 * How long a feed that is back waits for its first frame, in ms: the exchange pushes the open
 * candle at once, and if that is the one that was due, nothing was missed and no request is needed.
 */
const SYNC_WAIT_MS = 2000;
/** How long after a candle's end a frame of it may still come, in ms of the exchange's time. */
export const LATE_FRAME_MS = 12_000;
/** Delay after the first failed fetch, doubled with each one more, in ms. */
const FAILED_DELAY_MS_MIN = 1000;
const FAILED_DELAY_MS_MAX = 30_000;

export function step(feed: LiveFeed, event: FeedEvent, context: FeedContext): FeedStep {
  const draft: Draft = { ...feed };
  const effects: FeedEffect[] = [];
  take(draft, event, context, effects);
  closeEnded(draft, context, effects);
  if (event.kind === "fetched") countAnswer(draft, feed, context, effects);
  if (event.kind === "frame") showForming(draft, event.candle, effects);
  ask(draft, context, effects);
  return { feed: draft, effects };
}

/** When the feed wants to be woken: the earlier of a moment of ours and one of the exchange's. */
export function wakesOf(
  feed: LiveFeed,
  graceMs: number,
): { readonly atMs: MonotonicMs | null; readonly atExchangeMs: UnixMs | null } {
  if (feed.fetch.kind === "waiting") return { atMs: feed.fetch.untilMs, atExchangeMs: null };
  if (feed.fetch.kind === "asked" || !feed.subscribed || feed.closedUntilMs === null) {
    return { atMs: null, atExchangeMs: null };
  }
  return {
    atMs: feed.synced && feed.doubtedFromMs === null ? null : feed.syncAtMs,
    atExchangeMs: feed.proving ? null : feed.closedUntilMs + TIMEFRAME_MS[feed.timeframe] + graceMs,
  };
}

function take(draft: Draft, event: FeedEvent, context: FeedContext, effects: FeedEffect[]): void {
  switch (event.kind) {
    case "frame":
      draft.framedMs = context.sentAfterMs;
      draft.framedOpenMs = Math.max(draft.framedOpenMs, event.candle.openTime);
      return takeFrame(draft, event.candle, effects);
    case "subscribed":
      draft.subscribed = true;
      draft.epoch += 1;
      draft.subscribedAtMs = context.exchangeMs;
      draft.syncAtMs = context.nowMs + SYNC_WAIT_MS;
      if (draft.fetch.kind === "waiting") draft.fetch = { kind: "none" };
      return;
    case "lost":
      draft.subscribed = false;
      draft.synced = false;
      draft.proving = false;
      draft.pending = [];
      draft.doubtedFromMs ??= doubtedFrom(draft);
      return;
    case "fetched":
      return takeRows(draft, event, context, effects);
    case "fetch-failed":
      draft.fetch = { kind: "waiting", untilMs: context.nowMs + failedDelayMs(draft.failures) };
      draft.failures += 1;
      return;
    case "woke":
      if (draft.fetch.kind === "waiting" && context.nowMs >= draft.fetch.untilMs) {
        draft.fetch = { kind: "none" };
      }
      return;
    default:
      return unreachable(event, "feed event");
  }
}

const failedDelayMs = (failures: number): number =>
  Math.min(FAILED_DELAY_MS_MIN * 2 ** failures, FAILED_DELAY_MS_MAX);

/**
 * The first of the closed candles of which frames may have been lost with the connection: a late one, or,
 * where no newer candle was seen, any.
 */
const doubtedFrom = ({ recent, framedMs, framedOpenMs }: Draft): UnixMs | null =>
  recent.find(
    ({ candle, final }) =>
      !final && (candle.openTime >= framedOpenMs || candle.closeTime + LATE_FRAME_MS > framedMs),
  )?.candle.openTime ?? null;

function takeFrame(draft: Draft, candle: Candle, effects: FeedEffect[]): void {
  if (!draft.subscribed) return;
  if (draft.closedUntilMs !== null && candle.openTime < draft.closedUntilMs) {
    return compareWithClosed(draft, { candle, final: false }, effects);
  }
  keepPending(draft, { candle, final: false });
  // The candle that was due is still open, and this is the whole of it: nothing was missed.
  if (candle.openTime === draft.closedUntilMs) draft.synced = true;
}

type Fetched = Extract<FeedEvent, { kind: "fetched" }>;

function takeRows(draft: Draft, event: Fetched, context: FeedContext, effects: FeedEffect[]): void {
  draft.failures = 0;
  const isCurrent = draft.subscribed && event.epoch === draft.epoch;
  if (draft.closedUntilMs === null && !begin(draft, event, context, effects)) return;
  draft.fetch = { kind: "none" };
  if (isCurrent) {
    draft.synced = true;
    draft.doubtedFromMs = null;
  }
  for (const [index, candle] of event.rows.entries()) {
    const final = isFinal(event, index, context);
    if (draft.closedUntilMs !== null && candle.openTime < draft.closedUntilMs) {
      compareWithClosed(draft, { candle, final }, effects);
      continue;
    }
    if (final && isDeaf(draft, candle)) effects.push({ kind: "deaf" });
    // An open row of before a connection was lost lacks what happened since.
    if (final || isCurrent) keepPending(draft, { candle, final });
  }
}

/** The first rows decide where the live candles begin. False when the answer is to be doubted. */
function begin(draft: Draft, event: Fetched, context: FeedContext, effects: FeedEffect[]): boolean {
  const first = event.rows[0];
  if (first === undefined && draft.attempts < EMPTY_ANSWERS_MAX) {
    draft.fetch = { kind: "waiting", untilMs: context.nowMs + reaskDelayMs(draft.attempts) };
    draft.attempts += 1;
    return false;
  }
  const closed = event.rows.filter((_, index) => isFinal(event, index, context));
  const openTimeMs = first?.openTime ?? openTimeAt(draft.timeframe, event.askedAtMs);
  settleUntil(draft, closed.at(-1)?.closeTime ?? openTimeMs);
  keepRecent(
    draft,
    closed.map((candle) => ({ candle, final: true })),
  );
  const { closedUntilMs } = draft;
  draft.pending = draft.pending.filter(
    (pending) => closedUntilMs === null || pending.candle.openTime >= closedUntilMs,
  );
  effects.push({ kind: "began", candles: closed });
  return true;
}

/** A row is done when another follows it, or when it was asked for after its end and the grace. */
const isFinal = (event: Fetched, index: number, context: FeedContext): boolean =>
  index < event.rows.length - 1 ||
  (event.rows[index]?.closeTime ?? Number.POSITIVE_INFINITY) + context.graceMs <= event.askedAtMs;

/** Whether frames of this candle should have come and did not. */
function isDeaf(draft: Draft, candle: Candle): boolean {
  return (
    draft.subscribed &&
    candle.openTime === draft.closedUntilMs &&
    dueContent(draft) === undefined &&
    candle.trades > 0 &&
    draft.subscribedAtMs !== null &&
    draft.subscribedAtMs <= candle.openTime
  );
}

/** Closes every candle that has ended and is known, in order. */
function closeEnded(draft: Draft, context: FeedContext, effects: FeedEffect[]): void {
  for (;;) {
    const content = dueContent(draft);
    if (content === undefined || !hasEnded(draft, context)) return;
    const { candle } = content;
    if (!hasNewer(draft) && !content.final && context.heardMs < candle.closeTime) {
      // A dead connection looks just like a market without trades.
      if (!draft.proving) effects.push({ kind: "prove" });
      draft.proving = true;
      return;
    }
    draft.pending = draft.pending.slice(1);
    settleUntil(draft, candle.closeTime);
    keepRecent(draft, [content]);
    effects.push({ kind: "closed", candle });
  }
}

/** After an answer: asks again later for what it did not hold, until it is given up. */
function countAnswer(
  draft: Draft,
  before: LiveFeed,
  context: FeedContext,
  effects: FeedEffect[],
): void {
  const wasAskedFor = before.fetch.kind === "asked" && before.fetch.dueMs === draft.closedUntilMs;
  if (!wasAskedFor || !isMissing(draft, context)) return;
  if (draft.attempts < REASK_DELAYS_MS.length) {
    draft.fetch = { kind: "waiting", untilMs: context.nowMs + reaskDelayMs(draft.attempts) };
    draft.attempts += 1;
    return;
  }
  giveUp(draft, context, effects);
  closeEnded(draft, context, effects);
}

const reaskDelayMs = (attempts: number): number =>
  REASK_DELAYS_MS[attempts] ?? Math.max(...REASK_DELAYS_MS);

/** Names the candles that were asked for just as often as the one that is due, and goes on. */
function giveUp(draft: Draft, context: FeedContext, effects: FeedEffect[]): void {
  const { closedUntilMs, missingSinceMs, timeframe } = draft;
  if (closedUntilMs === null || missingSinceMs === null) return;
  const askedUntilMs = openTimeAt(timeframe, missingSinceMs - context.graceMs);
  const untilMs = Math.min(
    draft.pending[0]?.candle.openTime ?? Number.POSITIVE_INFINITY,
    Math.max(closedUntilMs + TIMEFRAME_MS[timeframe], askedUntilMs),
  );
  const gap = gapBetween(draft, closedUntilMs, untilMs, "unrecoverable");
  settleUntil(draft, untilMs);
  if (gap !== undefined) effects.push({ kind: "gap", gap });
}

/** Shows the open candle, unless this frame was an old one or candles before it are missing. */
function showForming(draft: Draft, candle: Candle, effects: FeedEffect[]): void {
  if (dueContent(draft)?.candle === candle) effects.push({ kind: "forming", candle });
}

/** Asks for what is missing, one question at a time. */
function ask(draft: Draft, context: FeedContext, effects: FeedEffect[]): void {
  if (draft.fetch.kind !== "none" || !draft.subscribed || context.exchangeMs === null) return;
  const missing = isMissing(draft, context);
  const isDoubted = !draft.synced || draft.doubtedFromMs !== null;
  const asksAnyway = isDoubted && context.nowMs >= draft.syncAtMs;
  if (draft.closedUntilMs !== null && !missing && !asksAnyway) return;
  if (missing) draft.missingSinceMs ??= context.exchangeMs;
  draft.fetch = { kind: "asked", dueMs: missing ? draft.closedUntilMs : null };
  effects.push({ kind: "fetch", fromMs: draft.doubtedFromMs ?? draft.closedUntilMs });
}
