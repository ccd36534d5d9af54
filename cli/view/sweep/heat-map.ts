/** The scores of a sweep over two params, as a map: where it is warm, and whether the best stands alone. */
import type { Paint } from "#cli/paint.ts";
import type { Axis } from "#cli/sweep/grid.ts";

export interface HeatMap {
  /** Down the side, and along the top. */
  readonly rows: Axis;
  readonly columns: Axis;
  /** By the places on both axes; higher is better; undefined where nothing was run or nothing is known. */
  readonly score: (row: number, column: number) => number | undefined;
  readonly text: (score: number) => string;
}

const EMPTY = "·";
/** From the worst fifth to the best. */
const SHADES = ["  ", "░░", "▒▒", "▓▓", "██"] as const;
const SPACE = 1;

/** Numbers where they fit into the width, else shades. */
export function renderHeatMap(map: HeatMap, width: number, paint: Paint): string[] {
  const scores = map.rows.values.flatMap((_, row) =>
    map.columns.values.flatMap((__, column) => map.score(row, column) ?? []),
  );
  if (scores.length === 0) return [];
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  const heat = (score: number) => (high === low ? 1 : (score - low) / (high - low));
  const label = Math.max(
    ...[map.rows.name, ...map.rows.values].map((text) => Bun.stringWidth(text)),
  );
  const texts = [...map.columns.values, ...scores.map(map.text)];
  const cell = Math.max(...texts.map((text) => Bun.stringWidth(text))) + SPACE;
  const fits = label + cell * map.columns.values.length <= width;
  const lines = fits
    ? numbers(map, { label, cell, heat, high, paint })
    : shades(map, { label, heat });
  return [paint.dim(`${map.rows.name} down, ${map.columns.name} along`), ...lines];
}

interface Layout {
  readonly label: number;
  readonly heat: (score: number) => number;
}

function numbers(
  map: HeatMap,
  { label, cell, heat, high, paint }: Layout & { cell: number; high: number; paint: Paint },
): string[] {
  const head = map.columns.values.map((value) => value.padStart(cell)).join("");
  const body = map.rows.values.map((value, row) => {
    const cells = map.columns.values.map((_, column) => {
      const score = map.score(row, column);
      if (score === undefined) return paint.dim(EMPTY.padStart(cell));
      const text = map.text(score).padStart(cell);
      return score === high
        ? paint.bold(warmth(heat(score), paint)(text))
        : warmth(heat(score), paint)(text);
    });
    return paint.dim(value.padStart(label)) + cells.join("");
  });
  return [paint.dim(" ".repeat(label) + head), ...body];
}

function warmth(heat: number, paint: Paint): (text: string) => string {
  if (heat >= 2 / 3) return paint.green;
  return heat >= 1 / 3 ? paint.yellow : paint.red;
}

function shades(map: HeatMap, { label, heat }: Layout): string[] {
  const body = map.rows.values.map((value, row) => {
    const cells = map.columns.values.map((_, column) => {
      const score = map.score(row, column);
      if (score === undefined) return EMPTY.padEnd(2);
      return SHADES[Math.min(SHADES.length - 1, Math.floor(heat(score) * SHADES.length))] ?? "";
    });
    return `${value.padStart(label)} ${cells.join("")}`;
  });
  const { values } = map.columns;
  return [...body, `${" ".repeat(label)} ${values[0] ?? ""} … ${values.at(-1) ?? ""}`];
}
