/** How far and how long the account was below its highest value. */
import type { RunRecord } from "#runner/backtest/record.ts";
import type { UnixMs } from "#shared/clock.ts";

export interface Drawdowns {
  /** The highest account value, in USDC, the capital included. */
  readonly peakEquity: number;
  /** Ratio of the peak before it; above 1 when more than all was lost. */
  readonly maxRatio: number;
  /** Mean of the depths of all drawdowns; NaN when there was none. */
  readonly avgRatio: number;
  /** Longest and mean time from a peak until the account was worth as much again, or the end. */
  readonly maxMs: number;
  readonly avgMs: number;
  /** Share of the steps below the peak. */
  readonly underwaterRatio: number;
}

/**
 * On the account's value at every close, open positions included. `startMs` is when the capital, the
 * first peak, was there. The times are those of backtesting.py: from peak to recovery, and a drawdown
 * that is open at the end counts up to it.
 */
export function drawdowns({ timeMs, equity, capital }: RunRecord, startMs: UnixMs): Drawdowns {
  const done = { count: 0, depths: 0, deepest: 0, ms: 0, longestMs: 0 };
  const close = (depth: number, ms: number): void => {
    done.count += 1;
    done.depths += depth;
    done.deepest = Math.max(done.deepest, depth);
    done.ms += ms;
    done.longestMs = Math.max(done.longestMs, ms);
  };
  let peak = capital;
  let peakMs = startMs;
  let lastMs = startMs;
  let [depth, below] = [0, 0];
  for (let step = 0; step < equity.length; step++) {
    const value = equity[step] ?? 0;
    lastMs = timeMs[step] ?? lastMs;
    if (value < peak) {
      below += 1;
      depth = Math.max(depth, 1 - value / peak);
      continue;
    }
    if (depth > 0) close(depth, lastMs - peakMs);
    peak = value;
    peakMs = lastMs;
    depth = 0;
  }
  if (depth > 0) close(depth, lastMs - peakMs);
  return {
    peakEquity: peak,
    maxRatio: done.deepest,
    avgRatio: done.depths / done.count,
    maxMs: done.longestMs,
    avgMs: done.ms / done.count,
    underwaterRatio: equity.length === 0 ? 0 : below / equity.length,
  };
}
