/** CSV (RFC 4180 with plain newlines): a line of titles, then the rows. */
import { exact } from "#cli/view/numbers.ts";

export type Cell = string | number | boolean | null;
/** A title, and what stands below it. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

export function csv<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = Object.values(columns);
  const titles = Object.keys(columns).map(cellText);
  const lines = rows.map((row) => cells.map((cell) => cellText(cell(row))).join(","));
  return `${[titles.join(","), ...lines].join("\n")}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  const text = String(typeof cell === "number" ? exact(cell) : cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
