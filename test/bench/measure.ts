/** Measuring: several runs, medians, and the ratio to a floor that was measured in between. */

export interface Measurement {
  readonly what: string;
  /** What it is compared with. */
  readonly floor: string;
  readonly unit: string;
  /** Medians, in `unit`. */
  readonly ours: number;
  readonly theirs: number;
  /** Largest part of the runs' range on the median, 0..1: how noisy the machine was. */
  readonly spreadRatio: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Runs both alternately, so that a slow moment of the machine hits both. */
export async function compare(
  what: { readonly what: string; readonly floor: string; readonly unit: string },
  runs: number,
  ours: () => number | Promise<number>,
  theirs: () => number | Promise<number>,
): Promise<Measurement> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    b.push(await theirs());
    a.push(await ours());
  }
  const spread = (Math.max(...a) - Math.min(...a)) / median(a);
  return { ...what, ours: median(a), theirs: median(b), spreadRatio: spread };
}

/** Time of one call in µs, over so many calls. */
export function perCallUs(calls: number, body: (index: number) => void): number {
  const start = performance.now();
  for (let index = 0; index < calls; index++) body(index);
  return ((performance.now() - start) * 1000) / calls;
}

export function tableOf(rows: readonly Measurement[]): string {
  const cells = [
    ["what", "measured", "floor", "is", "ratio", "spread"],
    ...rows.map(({ what, floor, unit, ours, theirs, spreadRatio }) => [
      what,
      `${figure(ours)} ${unit}`,
      floor,
      `${figure(theirs)} ${unit}`,
      `${(ours / theirs).toFixed(2)}×`,
      `${Math.round(spreadRatio * 100)} %`,
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
