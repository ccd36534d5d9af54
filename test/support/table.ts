/** Test cases as aligned text, which a formatter leaves alone: a header row, then one row a case. */

type Cell<T> = (text: string) => T;
type Columns = Record<string, Cell<unknown>>;
type Row<C extends Columns> = { [K in keyof C]: C[K] extends Cell<infer T> ? T : never };

export const num: Cell<number> = (text) => {
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number in a test table: "${text}"`);
  return value;
};
export const str: Cell<string> = (text) => text;
export const bool: Cell<boolean> = (text) => oneOf("yes", "no")(text) === "yes";

/** A cell that may be `-`, which means nothing. */
export const maybe =
  <T>(cell: Cell<T>): Cell<T | undefined> =>
  (text) =>
    text === "-" ? undefined : cell(text);

export function oneOf<const T extends string>(...allowed: readonly T[]): Cell<T> {
  return (text) => {
    const found = allowed.find((value) => value === text);
    if (found === undefined) throw new Error(`"${text}" is none of ${allowed.join(", ")}`);
    return found;
  };
}

/**
 * Reads a table. Cells are parted by two spaces or more, or by `|`; a lone space belongs to a cell.
 * Every row must have every column of the header, and the header every column of `columns`.
 */
export function table<const C extends Columns>(columns: C, text: string): Row<C>[] {
  const [header, ...rows] = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const names = cells(header ?? "");
  const missing = Object.keys(columns).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`test table without column ${missing.join(", ")}`);
  return rows.map((line) => readRow(columns, names, line));
}

function readRow<C extends Columns>(columns: C, names: readonly string[], line: string): Row<C> {
  const texts = cells(line);
  if (texts.length !== names.length) {
    throw new Error(`test table row has ${texts.length} cells, not ${names.length}: ${line}`);
  }
  const row: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const cell = columns[name];
    if (cell === undefined) throw new Error(`test table has an unknown column "${name}"`);
    row[name] = cell(texts[index] ?? "");
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each cell was read by its own column, and no column is missing
  return row as Row<C>;
}

const cells = (line: string): string[] =>
  line.split(/\s{2,}|\s*\|\s*/).filter((cell) => cell !== "");
