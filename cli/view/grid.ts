/** A table in a frame, no wider than its screen. */
import Table from "cli-table3";
import type { Paint } from "#cli/paint.ts";
import { cut } from "#cli/view/text.ts";

export interface GridColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /**
   * Which columns go first when the screen is narrow: the highest rank. Columns of rank 0 stay and
   * are cut instead.
   */
  readonly rank: number;
  readonly cells: readonly string[];
}

/** Columns beside a cell's text: a space on either side and a line. */
const CELL_EXTRA = 3;
const COLUMN_WIDTH_MIN = 3;

export interface GridOptions {
  readonly width: number;
  readonly paint: Paint;
  /** Paints the finished line of a row. */
  readonly paintRow?: (line: string, row: number) => string;
}

/**
 * Lines of the table: frame, titles, frame, one line a row, frame. Cells are plain text of one line. The
 * table library draws the frame and the titles; the rows are laid into it here, because it measures
 * every cell by regular expressions: 0.05 ms a cell, most of what `kumbh ls` would take.
 */
export function renderGrid(
  columns: readonly GridColumn[],
  { width, paint, paintRow = (line) => line }: GridOptions,
): string[] {
  const kept = fitColumns(columns, width);
  const widths = kept.map(textWidth);
  const rows = kept[0]?.cells.length ?? 0;
  const table = new Table({
    head: kept.map((column) => column.title),
    colAligns: kept.map((column) => column.align ?? "left"),
    colWidths: widths.map((columnWidth) => columnWidth + PADDING),
    style: { head: [], border: [] },
  });
  // An empty row, in whose place ours come.
  if (rows > 0) table.push(kept.map(() => ""));
  const frame = table.toString().split("\n");
  const bar = paint.dim("│");
  const lines = Array.from({ length: rows }, (_, row) => {
    const cells = kept.map((column, index) => fill(column, row, widths[index] ?? 0));
    return paintRow(`│ ${cells.join(" │ ")} │`, row).replaceAll("│", bar);
  });
  const dim = (line: string) => paint.dim(line);
  return [
    ...frame.slice(0, FIRST_ROW_LINE).map(dim),
    ...lines,
    ...frame.slice(FIRST_ROW_LINE + 1).map(dim),
  ];
}

/** Line of the table in which row 0 stands. */
const FIRST_ROW_LINE = 3;
/** Columns beside a cell's text, without the lines. */
const PADDING = 2;

/** A cell as wide as its column. */
function fill({ cells, align }: GridColumn, row: number, width: number): string {
  const cell = cells[row] ?? "";
  const rest = " ".repeat(Math.max(0, width - Bun.stringWidth(cell)));
  return align === "right" ? rest + cell : cell + rest;
}

/** The columns that fit: the highest ranks are dropped, then the widest of rank 0 are cut. */
export function fitColumns(columns: readonly GridColumn[], width: number): GridColumn[] {
  let kept = [...columns];
  while (gridWidth(kept) > width) {
    const highest = Math.max(...kept.map((column) => column.rank));
    if (highest === 0) return cutColumns(kept, width);
    kept = kept.filter((column) => column.rank !== highest);
  }
  return kept;
}

const gridWidth = (columns: readonly GridColumn[]): number =>
  columns.reduce((sum, column) => sum + textWidth(column) + CELL_EXTRA, 1);

const textWidth = (column: GridColumn): number =>
  column.cells.reduce(
    (widest, cell) => Math.max(widest, Bun.stringWidth(cell)),
    Bun.stringWidth(column.title),
  );

function cutColumns(columns: readonly GridColumn[], width: number): GridColumn[] {
  const room = width - 1 - columns.length * CELL_EXTRA;
  const widths = shareWidth(columns.map(textWidth), room);
  return columns.map((column, index) => {
    const columnWidth = widths[index] ?? COLUMN_WIDTH_MIN;
    return {
      ...column,
      title: cut(column.title, columnWidth),
      cells: column.cells.map((cell) => cut(cell, columnWidth)),
    };
  });
}

/** Room shared so that the widest give first; no column gets less than `COLUMN_WIDTH_MIN`. */
export function shareWidth(wanted: readonly number[], room: number): number[] {
  let high = Math.max(COLUMN_WIDTH_MIN, ...wanted);
  const used = (limit: number) =>
    wanted.reduce((sum, columns) => sum + Math.min(columns, limit), 0);
  while (high > COLUMN_WIDTH_MIN && used(high) > room) high--;
  return wanted.map((columns) => Math.min(columns, high));
}
