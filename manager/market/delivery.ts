/**
 * One taker's merge of its feeds: all candles of one close time in one piece, in the order that
 * holds in every world, over every feed. A feed that lags holds up the others for a while, no longer.
 */
import { composeWarmup, type WarmPlan } from "#manager/market/warmup.ts";
import {
  type Candle,
  deliveryOrder,
  type FeedKey,
  type FeedRequest,
  feedKey,
  type Gap,
  gapBetween,
} from "#shared/candle.ts";
import { CANDLES_PER_MESSAGE_MAX } from "#shared/child-limits.ts";
import type { MonotonicMs, UnixMs } from "#shared/clock.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/**
 * Longest that a lagging feed holds up the others, in ms of ours: longer than the grace, a request
 * and the first questions asked again, shorter than a candle.
 */
export const LAG_WAIT_MS = 10_000;

export type Delivered =
  | {
      readonly kind: "candles";
      readonly phase: "warmup" | "live";
      readonly candles: readonly Candle[];
    }
  | { readonly kind: "gap"; readonly gap: Gap };

/** What a feed has settled: a closed candle, or candles that are given up. */
export type Settled =
  | { readonly kind: "candle"; readonly candle: Candle }
  | { readonly kind: "gap"; readonly gap: Gap };

/** The closed candles of a feed that open from `fromMs` and before `untilMs`. */
type CandlesOf = Parameters<typeof composeWarmup>[1];

interface Line {
  readonly request: FeedRequest;
  /** Up to here everything was given or waits in `queue`. */
  settledUntilMs: UnixMs;
  readonly queue: Settled[];
  /** It has held up the others long enough. */
  late: boolean;
  lastCloseTimeMs: UnixMs | null;
}

export class Delivery {
  readonly #lines = new Map<FeedKey, Line>();
  #blockedSinceMs: MonotonicMs | null = null;
  /** Latest close time given live. */
  #givenUntilMs: UnixMs = Number.NEGATIVE_INFINITY;

  /** Begins feeds that were taken together: their warm-up, in pieces, then its gaps. */
  begin(plans: readonly WarmPlan[], candlesOf: CandlesOf): Delivered[] {
    for (const { past, liveFromMs } of plans) {
      const line: Line = {
        request: past.request,
        settledUntilMs: liveFromMs,
        queue: [],
        late: false,
        lastCloseTimeMs: past.handledUntilMs,
      };
      this.#lines.set(feedKey(past.request), line);
      // Closed already, and to be given together with what the others still owe.
      for (const candle of candlesOf(past.request, liveFromMs, past.closedUntilMs)) {
        this.#settleCandle(line, candle);
      }
    }
    const warmup = composeWarmup(plans, candlesOf);
    for (const candle of warmup.candles) this.#noteGiven(candle);
    return [...piecesOf(warmup.candles), ...warmup.gaps.map(gapGiven)];
  }

  /** A feed has settled one more candle. */
  settle(key: FeedKey, settled: Settled): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    if (settled.kind === "candle") this.#settleCandle(line, settled.candle);
    else settleGap(line, settled.gap);
  }

  /** Takes out all that may be given now, in order. */
  release(nowMs: MonotonicMs): Delivered[] {
    const given: Delivered[] = [];
    for (;;) {
      given.push(...this.#takeGaps());
      const closeTimeMs = this.#nextCloseTimeMs();
      if (closeTimeMs === undefined) {
        this.#blockedSinceMs = null;
        return given;
      }
      if (this.#isBlocked(closeTimeMs, nowMs)) return given;
      this.#blockedSinceMs = null;
      given.push({ kind: "candles", phase: "live", candles: this.#takeGroup(closeTimeMs) });
    }
  }

  /** When `release` should be asked again although nothing was settled; null when it need not be. */
  get releasesAtMs(): MonotonicMs | null {
    return this.#blockedSinceMs === null ? null : this.#blockedSinceMs + LAG_WAIT_MS;
  }

  drop(key: FeedKey): void {
    this.#lines.delete(key);
  }

  /** Whether the feed has begun, and nothing of it waits to be given. */
  isCurrent(key: FeedKey): boolean {
    return this.#lines.get(key)?.queue.length === 0;
  }

  /** Whether the feed has begun. */
  has(key: FeedKey): boolean {
    return this.#lines.has(key);
  }

  /** Close time of the last candle given. */
  lastCloseTimeMs(key: FeedKey): UnixMs | null {
    return this.#lines.get(key)?.lastCloseTimeMs ?? null;
  }

  #settleCandle(line: Line, candle: Candle): void {
    // Warm-up or an earlier run of the strategy had it.
    if (candle.closeTime <= line.settledUntilMs) return;
    const hole = gapBetween(line.request, line.settledUntilMs, candle.openTime, "unrecoverable");
    if (hole !== undefined) line.queue.push({ kind: "gap", gap: hole });
    line.queue.push({ kind: "candle", candle });
    line.settledUntilMs = candle.closeTime;
  }

  #takeGaps(): Delivered[] {
    const given: Delivered[] = [];
    for (const { queue } of this.#lines.values()) {
      for (let head = queue[0]; head?.kind === "gap"; head = queue[0]) {
        given.push(gapGiven(head.gap));
        queue.shift();
      }
    }
    return given;
  }

  #nextCloseTimeMs(): UnixMs | undefined {
    let next: UnixMs | undefined;
    for (const { queue } of this.#lines.values()) {
      const head = queue[0];
      if (head?.kind !== "candle") continue;
      next = Math.min(next ?? head.candle.closeTime, head.candle.closeTime);
    }
    return next;
  }

  /** Whether a feed still owes a candle that closes at or before this time, and may be waited for. */
  #isBlocked(closeTimeMs: UnixMs, nowMs: MonotonicMs): boolean {
    const owing = [...this.#lines.values()].filter(
      (line) => !line.late && line.settledUntilMs + lengthOf(line) <= closeTimeMs,
    );
    if (owing.length === 0) return false;
    this.#blockedSinceMs ??= nowMs;
    if (nowMs - this.#blockedSinceMs < LAG_WAIT_MS) return true;
    for (const line of owing) line.late = true;
    return false;
  }

  #takeGroup(closeTimeMs: UnixMs): Candle[] {
    const group: Candle[] = [];
    this.#givenUntilMs = Math.max(this.#givenUntilMs, closeTimeMs);
    for (const line of this.#lines.values()) {
      const head = line.queue[0];
      if (head?.kind === "candle" && head.candle.closeTime === closeTimeMs) {
        group.push(head.candle);
        line.queue.shift();
        line.lastCloseTimeMs = closeTimeMs;
      }
      if (line.settledUntilMs + lengthOf(line) > this.#givenUntilMs) line.late = false;
    }
    return group.toSorted(deliveryOrder);
  }

  #noteGiven(candle: Candle): void {
    const line = this.#lines.get(feedKey(candle));
    if (line !== undefined) line.lastCloseTimeMs = candle.closeTime;
  }
}

const lengthOf = (line: Line): number => TIMEFRAME_MS[line.request.timeframe];

const gapGiven = (gap: Gap): Delivered => ({ kind: "gap", gap });

function settleGap(line: Line, gap: Gap): void {
  const rest = gapBetween(
    line.request,
    Math.max(gap.fromMs, line.settledUntilMs),
    gap.toMs,
    gap.reason,
  );
  if (rest === undefined) return;
  line.queue.push({ kind: "gap", gap: rest });
  line.settledUntilMs = gap.toMs;
}

function piecesOf(candles: readonly Candle[]): Delivered[] {
  const pieces: Delivered[] = [];
  for (let start = 0; start < candles.length; start += CANDLES_PER_MESSAGE_MAX) {
    const piece = candles.slice(start, start + CANDLES_PER_MESSAGE_MAX);
    pieces.push({ kind: "candles", phase: "warmup", candles: piece });
  }
  return pieces;
}
