/** The points of a sweep: which values each param takes, all their combinations, or a sample of them. */
import {
  AxisEmptyError,
  AxisRangeError,
  AxisTooLongError,
  SweepTooLargeError,
} from "#cli/sweep/errors.ts";
import type { Random } from "#shared/random.ts";

/** Most values of one param. */
export const AXIS_VALUES_MAX = 1000;
/** Most combinations that one sweep runs. */
export const SWEEP_POINTS_MAX = 10_000;
/** Decimals to which the values of a range are rounded: 0.1 + 0.2 is 0.3. */
const RANGE_DECIMALS = 10;

/** A param and the values that it takes, in order, as they would be typed. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** One combination: a value for each param. */
export type Point = Readonly<Record<string, string>>;

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?::(${NUMBER}))?$`);

/**
 * `5..20:5` is 5, 10, 15, 20, both ends included where the step meets them, the step 1 when none is
 * said; `5,8,13` is those; anything else is one value. Throws what is wrong with it.
 */
export function readAxis(name: string, text: string): Axis {
  const range = RANGE.exec(text);
  if (range !== null) {
    const [, from = "", to = "", step = "1"] = range;
    return { name, values: rangeOf(name, text, [Number(from), Number(to), Number(step)]) };
  }
  const values = text.split(",").map((value) => value.trim());
  if (values.includes("")) throw new AxisEmptyError(name, text);
  if (values.length > AXIS_VALUES_MAX) throw new AxisTooLongError(name, values.length);
  return { name, values: [...new Set(values)] };
}

function rangeOf(
  name: string,
  text: string,
  [from, to, step]: readonly [number, number, number],
): string[] {
  if (step <= 0 || to < from) throw new AxisRangeError(name, text);
  const scale = 10 ** RANGE_DECIMALS;
  const steps = Math.floor(Math.round(((to - from) / step) * scale) / scale);
  if (steps >= AXIS_VALUES_MAX) throw new AxisTooLongError(name, steps + 1);
  return Array.from({ length: steps + 1 }, (_, index) =>
    String(Math.round((from + index * step) * scale) / scale),
  );
}

/** Combinations in all. */
export const gridSize = (axes: readonly Axis[]): number =>
  axes.reduce((size, { values }) => size * values.length, 1);

/** Place of a combination on each axis; the last axis turns fastest. */
export function placesOf(axes: readonly Axis[], index: number): number[] {
  let rest = index;
  return axes
    .toReversed()
    .map(({ values }) => {
      const place = rest % values.length;
      rest = Math.floor(rest / values.length);
      return place;
    })
    .toReversed();
}

/** The inverse of `placesOf`; undefined beyond an edge of the grid. */
export function indexOf(axes: readonly Axis[], places: readonly number[]): number | undefined {
  let index = 0;
  for (const [axis, { values }] of axes.entries()) {
    const place = places[axis] ?? -1;
    if (place < 0 || place >= values.length) return undefined;
    index = index * values.length + place;
  }
  return index;
}

export function pointAt(axes: readonly Axis[], index: number): Point {
  const places = placesOf(axes, index);
  return Object.fromEntries(
    axes.map(({ name, values }, axis) => [name, values[places[axis] ?? 0] ?? ""]),
  );
}

/**
 * Which combinations are run, ascending: all, or `count` of them by chance, each at most once. Throws
 * `SweepTooLargeError`.
 */
export function choosePoints(
  axes: readonly Axis[],
  sample: { readonly count: number; readonly random: Random } | undefined,
): number[] {
  const size = gridSize(axes);
  const wanted = Math.min(size, sample?.count ?? size);
  if (wanted > SWEEP_POINTS_MAX) throw new SweepTooLargeError(size, SWEEP_POINTS_MAX);
  if (sample === undefined || wanted === size) return Array.from({ length: size }, (_, i) => i);
  // Floyd's algorithm: each subset is as likely as any other, and no more numbers are drawn than wanted.
  const chosen = new Set<number>();
  for (let last = size - wanted; last < size; last++) {
    const drawn = Math.floor(sample.random() * (last + 1));
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return [...chosen].toSorted((a, b) => a - b);
}

/** Combinations one step away on one axis. */
export function neighboursOf(axes: readonly Axis[], index: number): number[] {
  const places = placesOf(axes, index);
  return places.flatMap((place, axis) =>
    [place - 1, place + 1].flatMap((near) => indexOf(axes, places.with(axis, near)) ?? []),
  );
}
