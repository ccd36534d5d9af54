/**
 * The fills of one account, in order and without a gap: what is pushed, and what was missed, fetched.
 *
 *   lost ── subscribed ──▶ catching-up ── fetched, failed, or too slow ──▶ live ─┐ now and then
 *     ▲                                                                     │ ◀─┘ fetched again
 *     └────────────────────────────── lost ───────────────────────────────┘
 *
 * A fill may be taken more than once: the store knows each by its id and keeps the first.
 */
import { unreachable } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Fill } from "#shared/order.ts";

/** Fills in one reply of `userFillsByTime` (hyperliquid-docs, "Info endpoint"); it keeps 10 000. */
export const FILLS_PER_PAGE = 2000;
/**
 * How far before the last fill that is known the next request begins, in ms: what is pushed and what
 * is fetched come from different machines of the exchange, and one may lag behind the other.
 */
export const OVERLAP_MS = 60_000;
/**
 * How often the fills are fetched although nothing seems to be missing, in ms. An account that does
 * not trade looks just like a subscription that has died, so it cannot be told by its silence.
 */
export const RECHECK_MS = 300_000;
/** Longest time for which what is pushed waits for a page of what was missed, in ms. */
export const HOLD_MS_MAX = 5000;
/** Delay before a failed request is sent again, doubled with each failure, in ms. */
export const RETRY_MS_MIN = 1000;
export const RETRY_MS_MAX = 30_000;

type Phase =
  | { readonly kind: "lost" }
  /** What is pushed waits for what was missed, because that is older. */
  | { readonly kind: "catching-up"; readonly held: readonly Fill[] }
  | { readonly kind: "live" };

export interface FillSync {
  readonly phase: Phase;
  /** Exchange time up to which every fill has been fetched. */
  readonly fetchedUntilMs: UnixMs;
  /** The same with the pages that have come so far, of which some may be held. */
  readonly pagedUntilMs: UnixMs;
  /** Time of the newest fill that was seen. */
  readonly newestMs: UnixMs;
  /** Counts requests: the reply to any but the last is late, and nobody waits for it. */
  readonly request: number;
  readonly isFetching: boolean;
  /** Requests that failed in a row. */
  readonly failures: number;
}

export type FillEvent =
  | { readonly kind: "subscribed" }
  | { readonly kind: "lost" }
  | { readonly kind: "pushed"; readonly isSnapshot: boolean; readonly fills: readonly Fill[] }
  | { readonly kind: "fetched"; readonly request: number; readonly page: FillPage }
  | { readonly kind: "failed"; readonly request: number }
  /** The time of a `wake` has come. */
  | { readonly kind: "woke" };

/** One reply of `userFillsByTime`. */
export interface FillPage {
  readonly fromMs: UnixMs;
  readonly fills: readonly Fill[];
  /** There may be more after it. */
  readonly isFull: boolean;
}

export type FillEffect =
  | { readonly kind: "fetch"; readonly request: number; readonly fromMs: UnixMs }
  /** In order; `fetchedUntilMs` is to be kept with them. */
  | { readonly kind: "take"; readonly fills: readonly Fill[]; readonly fetchedUntilMs: UnixMs }
  /** Replaces a `wake` before it. */
  | { readonly kind: "wake"; readonly afterMs: number };

export interface FillStep {
  readonly sync: FillSync;
  readonly effects: readonly FillEffect[];
}

export const newFillSync = (fetchedUntilMs: UnixMs): FillSync => ({
  phase: { kind: "lost" },
  fetchedUntilMs,
  pagedUntilMs: fetchedUntilMs,
  newestMs: fetchedUntilMs,
  request: 0,
  isFetching: false,
  failures: 0,
});

/** By time, then by trade id: a comparator for `sort`. */
export const fillOrder = (a: Fill, b: Fill): number => a.timeMs - b.timeMs || a.tradeId - b.tradeId;

export function stepFills(sync: FillSync, event: FillEvent): FillStep {
  switch (event.kind) {
    case "subscribed":
      return subscribed(sync);
    case "lost":
      return unchanged(lost(sync));
    case "pushed":
      return pushed(sync, event);
    case "fetched":
      return isAwaited(sync, event) ? fetched(sync, event.page) : unchanged(sync);
    case "failed":
      return isAwaited(sync, event) ? failed(sync) : unchanged(sync);
    case "woke":
      return woke(sync);
    default:
      return unreachable(event, "event of the fills");
  }
}

const unchanged = (sync: FillSync): FillStep => ({ sync, effects: [] });

const isAwaited = (sync: FillSync, { request }: { readonly request: number }): boolean =>
  sync.isFetching && sync.request === request;

function fetchFrom(sync: FillSync, fromMs: UnixMs): FillStep {
  const request = sync.request + 1;
  return {
    sync: { ...sync, request, isFetching: true },
    effects: [{ kind: "fetch", request, fromMs: Math.max(0, fromMs) }],
  };
}

/** What was held is fetched after the next subscription: `fetchedUntilMs` has not moved. */
const lost = (sync: FillSync): FillSync => ({
  ...sync,
  phase: { kind: "lost" },
  pagedUntilMs: sync.fetchedUntilMs,
  isFetching: false,
});

function subscribed(sync: FillSync): FillStep {
  const next = fetchFrom(
    { ...sync, phase: { kind: "catching-up", held: [] } },
    sync.fetchedUntilMs - OVERLAP_MS,
  );
  return { ...next, effects: [...next.effects, { kind: "wake", afterMs: HOLD_MS_MAX }] };
}

function woke(sync: FillSync): FillStep {
  switch (sync.phase.kind) {
    case "lost":
      return unchanged(sync);
    case "catching-up":
      return letGo(sync, sync.phase.held);
    case "live":
      return sync.isFetching ? unchanged(sync) : fetchFrom(sync, sync.fetchedUntilMs - OVERLAP_MS);
    default:
      return unreachable(sync.phase, "phase of the fills");
  }
}

function pushed(sync: FillSync, event: Extract<FillEvent, { kind: "pushed" }>): FillStep {
  // A snapshot is of the past, of which all up to there is known.
  const fills = event.isSnapshot
    ? event.fills.filter(({ timeMs }) => timeMs >= sync.fetchedUntilMs - OVERLAP_MS)
    : event.fills;
  const seen = { ...sync, newestMs: newestOf(sync, fills) };
  switch (sync.phase.kind) {
    case "lost":
      return unchanged(sync);
    case "catching-up": {
      const held = [...sync.phase.held, ...fills];
      return unchanged({ ...seen, phase: { kind: "catching-up", held } });
    }
    case "live":
      return { sync: seen, effects: take(fills, sync.fetchedUntilMs) };
    default:
      return unreachable(sync.phase, "phase of the fills");
  }
}

function fetched(sync: FillSync, { fromMs, fills, isFull }: FillPage): FillStep {
  const newestMs = newestOf(sync, fills);
  const lastMs = Math.max(fromMs, ...fills.map(({ timeMs }) => timeMs));
  const { phase } = sync;
  if (isFull) {
    const pagedUntilMs = Math.max(sync.pagedUntilMs, lastMs);
    const seen = { ...sync, newestMs, pagedUntilMs };
    const kept: FillStep =
      phase.kind === "catching-up"
        ? unchanged({ ...seen, phase: { kind: "catching-up", held: [...phase.held, ...fills] } })
        : letGo(seen, fills);
    // The rest of the last moment is on the next page; a page of one moment alone is passed by.
    const next = fetchFrom(kept.sync, lastMs > fromMs ? lastMs : fromMs + 1);
    // A page that came is no endpoint that fails: what is held waits as long again for the next one.
    const hold: readonly FillEffect[] =
      phase.kind === "catching-up" ? [{ kind: "wake", afterMs: HOLD_MS_MAX }] : [];
    return { ...next, effects: [...kept.effects, ...next.effects, ...hold] };
  }
  const all = phase.kind === "catching-up" ? [...phase.held, ...fills] : fills;
  return {
    sync: {
      ...sync,
      phase: { kind: "live" },
      fetchedUntilMs: newestMs,
      pagedUntilMs: newestMs,
      newestMs,
      isFetching: false,
      failures: 0,
    },
    effects: [
      { kind: "take", fills: inOrder(all), fetchedUntilMs: newestMs },
      { kind: "wake", afterMs: RECHECK_MS },
    ],
  };
}

/** What was pushed waits no longer: an endpoint that fails may do so for long. */
function failed(sync: FillSync): FillStep {
  const { phase, failures } = sync;
  const afterMs = Math.min(RETRY_MS_MIN * 2 ** failures, RETRY_MS_MAX);
  const held = phase.kind === "catching-up" ? phase.held : [];
  const next = letGo({ ...sync, isFetching: false, failures: failures + 1 }, held);
  return { ...next, effects: [...next.effects, { kind: "wake", afterMs }] };
}

/** Takes these, and with them all pages that have come. */
function letGo(sync: FillSync, fills: readonly Fill[]): FillStep {
  const fetchedUntilMs = sync.pagedUntilMs;
  return {
    sync: { ...sync, phase: { kind: "live" }, fetchedUntilMs },
    effects: take(fills, fetchedUntilMs),
  };
}

const take = (fills: readonly Fill[], fetchedUntilMs: UnixMs): FillEffect[] =>
  fills.length === 0 ? [] : [{ kind: "take", fills: inOrder(fills), fetchedUntilMs }];

const inOrder = (fills: readonly Fill[]): Fill[] => fills.toSorted(fillOrder);

const newestOf = (sync: FillSync, fills: readonly Fill[]): UnixMs =>
  fills.reduce((newestMs, { timeMs }) => Math.max(newestMs, timeMs), sync.newestMs);
