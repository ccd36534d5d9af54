/**
 * When the steps of a run were. They follow each other evenly but for gaps, so that no more is written
 * down than where they did not: a time of each of a million steps would cost as much as the step itself.
 */
import type { UnixMs } from "#shared/clock.ts";

/** Steps that follow each other evenly, from `step` on. */
interface Stretch {
  readonly step: number;
  readonly fromMs: UnixMs;
  /** From each to the next, in ms; not a number as long as there is but one. */
  everyMs: number;
}

export class StepTimes {
  readonly #stretches: Stretch[] = [];
  /** Steps that were made. */
  count = 0;

  /** Whether the next step is due at this time, and those after it every so many ms. */
  isDue(timeMs: UnixMs, everyMs: number): boolean {
    const last = this.#stretches.at(-1);
    return last?.everyMs === everyMs && timeOf(last, this.count) === timeMs;
  }

  /** The next step is at this time, whether that was due or not. */
  meet(timeMs: UnixMs): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && this.count === last.step + 1) last.everyMs = timeMs - last.fromMs;
    else if (last === undefined || timeOf(last, this.count) !== timeMs) {
      this.#stretches.push({ step: this.count, fromMs: timeMs, everyMs: Number.NaN });
    }
  }

  /** Of each step. */
  all(): Float64Array {
    const times = new Float64Array(this.count);
    for (const [index, stretch] of this.#stretches.entries()) {
      const end = this.#stretches[index + 1]?.step ?? this.count;
      for (let step = stretch.step; step < end; step++) times[step] = timeOf(stretch, step);
    }
    return times;
  }
}

const timeOf = ({ step, fromMs, everyMs }: Stretch, at: number): UnixMs =>
  at === step ? fromMs : fromMs + (at - step) * everyMs;
