/** CSV (RFC 4180 with plain newlines): a line of titles, then the rows. */

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
  const text = String(typeof cell === "number" ? withoutNoise(cell) : cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Decimal digits that a double holds for certain; those beyond are the noise of its sums. */
const DIGITS = 15;

/** 0.1 + 0.2 as 0.3. Whole numbers (ids) hold no such noise and stay as they are. */
const withoutNoise = (value: number): number =>
  Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
