/** The run's curves with few enough points to keep and to draw. */
import type { RunRecord } from "#runner/backtest/record.ts";
import { type BacktestReport, CURVE_POINTS_MAX } from "#shared/backtest.ts";
import type { UnixMs } from "#shared/clock.ts";

type Point = BacktestReport["curve"][number];

/** The lowest and the highest of a stretch. */
const POINTS_PER_STRETCH = 2;
/** The capital at the start, and the last step. */
const POINTS_APART = 2;
const STRETCHES_MAX = Math.floor((CURVE_POINTS_MAX - POINTS_APART) / POINTS_PER_STRETCH);

/**
 * The capital at `startMs`, then the steps: all where there is room, else of each of equal stretches
 * the lowest and the highest account value, so that no spike is lost, and the last step.
 */
export function curveOf(record: RunRecord, startMs: UnixMs): Point[] {
  const { timeMs, equity, hold, capital } = record;
  const points: Point[] = [{ timeMs: startMs, equity: capital, drawdown: 0, hold: 1 }];
  let peak = capital;
  const kept = keptSteps(equity);
  let next = 0;
  for (const step of kept) {
    for (; next <= step; next++) peak = Math.max(peak, equity[next] ?? peak);
    const value = equity[step] ?? 0;
    points.push({
      timeMs: timeMs[step] ?? 0,
      equity: value,
      drawdown: 1 - value / peak,
      hold: finite(hold[step]),
    });
  }
  return points;
}

/** A run without feeds has nothing to hold. */
const finite = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 1;

/** Steps to draw, ascending, each once. */
function keptSteps(equity: Float64Array): number[] {
  const steps = equity.length;
  if (steps < CURVE_POINTS_MAX) return Array.from(equity.keys());
  const kept: number[] = [];
  for (let stretch = 0; stretch < STRETCHES_MAX; stretch++) {
    const from = Math.floor((steps * stretch) / STRETCHES_MAX);
    const to = Math.floor((steps * (stretch + 1)) / STRETCHES_MAX);
    const { lowest, highest } = extremes(equity, from, to);
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  if (kept.at(-1) !== steps - 1) kept.push(steps - 1);
  return kept;
}

function extremes(
  equity: Float64Array,
  from: number,
  to: number,
): { readonly lowest: number; readonly highest: number } {
  let lowest = from;
  let highest = from;
  let low = equity[from] ?? 0;
  let high = low;
  for (let step = from + 1; step < to; step++) {
    const value = equity[step] ?? 0;
    if (value < low) {
      low = value;
      lowest = step;
    }
    if (value > high) {
      high = value;
      highest = step;
    }
  }
  return { lowest, highest };
}
