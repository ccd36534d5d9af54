/** What buying each coin in equal parts at its first close would be worth, as a ratio of the money. */
import { cell, type Tape } from "#runner/backtest/tape.ts";
import type { UnixMs } from "#shared/clock.ts";

/**
 * At the last closes of each of the ascending `timesMs`. A coin that has none yet is still money. Made when
 * the run is over: candle by candle it would cost more.
 */
export function holdAt(
  timesMs: Float64Array,
  tapes: readonly Pick<Tape, "series" | "count" | "lengthMs">[],
): Float64Array {
  const hold = new Float64Array(timesMs.length);
  for (const tape of tapes) add(hold, timesMs, tape);
  for (let step = 0; step < hold.length; step++) hold[step] = cell(hold, step) / tapes.length;
  return hold;
}

function add(
  hold: Float64Array,
  timesMs: Float64Array,
  { series, count, lengthMs }: Pick<Tape, "series" | "count" | "lengthMs">,
): void {
  const { openTime, close } = series.columns;
  let next = 0;
  let first = Number.NaN;
  for (let step = 0; step < timesMs.length; step++) {
    const timeMs: UnixMs = cell(timesMs, step);
    while (next < count && cell(openTime, next) + lengthMs <= timeMs) next += 1;
    const last = next === 0 ? Number.NaN : cell(close, next - 1);
    if (Number.isNaN(first)) first = last;
    hold[step] = cell(hold, step) + (Number.isNaN(last) ? 1 : last / first);
  }
}
