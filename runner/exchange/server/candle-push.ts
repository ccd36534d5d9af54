/** When a candle is pushed: on trades, not too often, and a finished one always before the next. */
import type { MonotonicMs, UnixMs } from "#shared/clock.ts";
import { openTimeAt, type Timeframe } from "#shared/timeframe.ts";

/** Decides for one (coin, timeframe); says which candle to send by its open time. */
export class CandlePush {
  readonly timeframe: Timeframe;
  /** Open time of the candle that has changed since it was last sent. */
  #changedMs: UnixMs | undefined;
  #sentMs: MonotonicMs = Number.NEGATIVE_INFINITY;

  constructor(timeframe: Timeframe) {
    this.timeframe = timeframe;
  }

  /** A trade changes a candle: gives the one before it if its last state was not sent yet. */
  afterTrade(atMs: UnixMs): UnixMs | undefined {
    const openMs = openTimeAt(this.timeframe, atMs);
    const finished = this.#changedMs === openMs ? undefined : this.#changedMs;
    this.#changedMs = openMs;
    return finished;
  }

  /** The candle to send now, if one has changed and the last frame is long enough ago. */
  due(nowMs: MonotonicMs, everyMs: number): UnixMs | undefined {
    if (this.#changedMs === undefined || nowMs - this.#sentMs < everyMs) return undefined;
    const openMs = this.#changedMs;
    this.#changedMs = undefined;
    this.#sentMs = nowMs;
    return openMs;
  }
}
