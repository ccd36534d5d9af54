/** Candles as columns: how they lie in the archive, travel to the CLI and reach a backtest. */
import { SERIES_COLUMNS, type SeriesColumn } from "#shared/snapshot.ts";

/** Columns of one length; row `i` of all of them is one closed candle, ascending by open time. */
export type CandleColumns = Readonly<Record<SeriesColumn, Float64Array>>;

/** The value at an index that is known to be inside. */
export const valueAt = (column: Float64Array, index: number): number => column[index] ?? Number.NaN;

export const rowsOf = (columns: CandleColumns): number => columns.openTime.length;

/** Columns made one by one. */
export const columnsOf = (make: (name: SeriesColumn) => Float64Array): CandleColumns => ({
  openTime: make("openTime"),
  open: make("open"),
  high: make("high"),
  low: make("low"),
  close: make("close"),
  volume: make("volume"),
  trades: make("trades"),
});

/** Rows from `begin` to before `end`, as views. */
export const sliceColumns = (columns: CandleColumns, begin: number, end: number): CandleColumns =>
  columnsOf((name) => columns[name].subarray(begin, end));

/** Anything that has the numbers of a candle. */
export type CandleRow = Readonly<Record<SeriesColumn, number>>;

export const columnsOfRows = (rows: readonly CandleRow[]): CandleColumns =>
  columnsOf((name) => Float64Array.from(rows, (row) => row[name]));

export const rowAt = (columns: CandleColumns, index: number): CandleRow => ({
  openTime: valueAt(columns.openTime, index),
  open: valueAt(columns.open, index),
  high: valueAt(columns.high, index),
  low: valueAt(columns.low, index),
  close: valueAt(columns.close, index),
  volume: valueAt(columns.volume, index),
  trades: valueAt(columns.trades, index),
});

/** Index of the first value that is at least `least`; the column ascends. */
export function lowerBound(column: Float64Array, least: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(column, middle) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

const BYTES_PER_NUMBER = Float64Array.BYTES_PER_ELEMENT;

/** Columns of one length, one after the other, as base64: a tenth of the cost of JSON numbers. */
export function packColumns(columns: readonly Float64Array[]): string {
  return Buffer.concat(
    columns.map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)),
  ).toString("base64");
}

/** The columns again; undefined when the text does not hold so many columns of one length. */
export function unpackColumns(text: string, count: number): Float64Array[] | undefined {
  const bytes = Buffer.from(text, "base64");
  const rows = bytes.length / (BYTES_PER_NUMBER * count);
  if (!Number.isInteger(rows)) return undefined;
  // A small Buffer lies somewhere in a pool: a copy is aligned.
  const numbers = new Float64Array(Uint8Array.from(bytes).buffer);
  return Array.from({ length: count }, (_, index) =>
    numbers.subarray(index * rows, (index + 1) * rows),
  );
}

export const packCandles = (columns: CandleColumns): string =>
  packColumns(SERIES_COLUMNS.map((name) => columns[name]));

export function unpackCandles(text: string): CandleColumns | undefined {
  const columns = unpackColumns(text, SERIES_COLUMNS.length);
  if (columns === undefined) return undefined;
  return columnsOf((name) => columns[SERIES_COLUMNS.indexOf(name)] ?? new Float64Array());
}
