/** Measuring: several runs, medians, and the ratio to a floor that was measured in between. */

export interface Measurement {
  readonly what: string;
  /** What it is compared with. */
  readonly floor: string;
  readonly unit: string;
  /** Medians, in `unit`; of the floor null where it is absent on this machine. */
  readonly ours: number;
  readonly theirs: number | null;
  /** Largest part of the runs' range on the median, 0..1: how noisy the machine was. */
  readonly spreadRatio: number;
  /** What was promised, and whether it was kept; left out where nothing was. */
  readonly verdict?: Verdict;
}

export interface Verdict {
  /** `at most 2× the floor` */
  readonly promise: string;
  readonly isKept: boolean;
}

export interface What {
  readonly what: string;
  readonly floor: string;
  readonly unit: string;
}

/** One thing may cost so many times what it costs at the size before: the machine is noisy. */
const GROWTH_RATIO_MAX = 1.5;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `share` 0..1; between two values it is their mean. Of no values NaN. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Of values that were measured already. No `theirs`: the peer is absent. */
export function measured(
  what: What,
  ours: readonly number[],
  theirs: readonly number[] = [],
): Measurement {
  const middle = median(ours);
  return {
    ...what,
    ours: middle,
    theirs: theirs.length === 0 ? null : median(theirs),
    spreadRatio: (Math.max(...ours) - Math.min(...ours)) / middle,
  };
}

/** Runs both alternately, so that a slow moment of the machine hits both. */
export async function compare(
  what: What,
  runs: number,
  ours: () => number | Promise<number>,
  theirs: () => number | Promise<number>,
): Promise<Measurement> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    b.push(await theirs());
    a.push(await ours());
  }
  return measured(what, a, b);
}

/** Promised: ours is at most so many times the floor. Without a floor nothing is judged. */
export function promisedRatio(measurement: Measurement, ratioMax: number): Measurement {
  const { ours, theirs } = measurement;
  if (theirs === null) return measurement;
  const promise = `at most ${ratioMax}× the floor`;
  return { ...measurement, verdict: { promise, isKept: ours <= ratioMax * theirs } };
}

/** Promised: ours is at least so many times the peer's. Without a peer nothing is judged. */
export function promisedTimes(measurement: Measurement, ratioMin: number): Measurement {
  const { ours, theirs } = measurement;
  if (theirs === null) return measurement;
  const promise = `at least ${ratioMin}× the peer`;
  return { ...measurement, verdict: { promise, isKept: ours >= ratioMin * theirs } };
}

/** Promised: ours is at most so much, in the measurement's unit. */
export function promisedMax(measurement: Measurement, max: number): Measurement {
  const promise = `at most ${max} ${measurement.unit}`;
  return { ...measurement, verdict: { promise, isKept: measurement.ours <= max } };
}

/** What so many things cost in all, in the unit of the measurement. */
export interface Size {
  readonly size: number;
  readonly cost: number;
}

/**
 * A row for each size: what one of them costs there, against what one costs at the size before.
 * Worse than linear is a promise broken. Sizes rise.
 */
export function growth(what: string, unit: string, sizes: readonly Size[]): Measurement[] {
  return sizes.slice(1).flatMap(({ size, cost }, index) => {
    const before = sizes[index];
    if (before === undefined) return [];
    const row = {
      what: `${what}: one of ${size}`,
      floor: `one of ${before.size}`,
      unit,
      ours: cost / size,
      theirs: before.cost / before.size,
      spreadRatio: 0,
    };
    return [promisedRatio(row, GROWTH_RATIO_MAX)];
  });
}

/** Time of one call in µs, over so many calls. */
export function perCallUs(calls: number, body: (index: number) => void): number {
  const start = performance.now();
  for (let index = 0; index < calls; index++) body(index);
  return ((performance.now() - start) * 1000) / calls;
}

/** Time until it is done, in ms. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

export function tableOf(rows: readonly Measurement[]): string {
  const cells = [
    ["what", "measured", "floor", "is", "ratio", "spread", "promise"],
    ...rows.map(({ what, floor, unit, ours, theirs, spreadRatio, verdict }) => [
      what,
      `${figure(ours)} ${unit}`,
      floor,
      theirs === null ? "absent" : `${figure(theirs)} ${unit}`,
      theirs === null ? "" : `${(ours / theirs).toFixed(2)}×`,
      `${Math.round(spreadRatio * 100)} %`,
      verdict === undefined ? "" : `${verdict.promise}: ${verdict.isKept ? "kept" : "MISSED"}`,
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
