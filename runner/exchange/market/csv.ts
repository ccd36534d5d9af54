/** Candles and funding out of CSV text. Pure: takes the text, gives rows, or says which line is wrong. */

import { Rows } from "#runner/exchange/market/rows.ts";
import type { FundingRate } from "#runner/exchange/market/source.ts";
import { MalformedCsvError } from "#runner/exchange/sim-errors.ts";
import type { UnixMs } from "#shared/clock.ts";
import { isAligned, TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

const CANDLE_HEADER = "t,o,h,l,c,v";
const FUNDING_HEADER = "t,rate";

export interface CsvCandles {
  readonly rows: Rows;
  /** Most decimals that a price and a volume has: tells the rules of an unknown coin. */
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
}

/**
 * Rows of `t,o,h,l,c,v`. A hole in time becomes flat rows without volume, which is how Hyperliquid
 * itself shows minutes without a trade. Undefined when there is no row. Throws `MalformedCsvError`.
 */
export function parseCandles(
  path: string,
  text: string,
  timeframe: Timeframe,
): CsvCandles | undefined {
  const lines = linesOf(path, text, CANDLE_HEADER);
  let rows: Rows | undefined;
  let priceDecimals = 0;
  let volumeDecimals = 0;
  for (const { cells, line } of lines) {
    const row = readRow(path, line, cells);
    if (!isAligned(timeframe, row.t)) {
      throw new MalformedCsvError(path, line, `${row.t} is no open time of a ${timeframe} candle`);
    }
    rows ??= new Rows(row.t, TIMEFRAME_MS[timeframe]);
    const index = rows.indexAt(row.t);
    if (index < rows.end) throw new MalformedCsvError(path, line, `${row.t} does not rise`);
    while (rows.end < index) {
      const price = rows.closeAt(rows.end - 1);
      rows.push({ open: price, high: price, low: price, close: price, volume: 0 });
    }
    rows.push({ open: row.o, high: row.h, low: row.l, close: row.c, volume: row.v });
    for (const cell of cells.slice(1, 5)) priceDecimals = Math.max(priceDecimals, decimalsOf(cell));
    volumeDecimals = Math.max(volumeDecimals, decimalsOf(cells[5] ?? ""));
  }
  return rows === undefined ? undefined : { rows, priceDecimals, volumeDecimals };
}

/** Rows of `t,rate`, ascending. Throws `MalformedCsvError`. */
export function parseFunding(path: string, text: string): readonly FundingRate[] {
  const rates: FundingRate[] = [];
  let last: UnixMs = Number.NEGATIVE_INFINITY;
  for (const { cells, line } of linesOf(path, text, FUNDING_HEADER)) {
    const [timeMs, rate] = numbersOf(path, line, cells, 2);
    if (timeMs === undefined || rate === undefined || timeMs <= last) {
      throw new MalformedCsvError(path, line, `${cells[0] ?? ""} does not rise`);
    }
    rates.push({ timeMs, rate });
    last = timeMs;
  }
  return rates;
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function* linesOf(path: string, text: string, header: string): Generator<Line> {
  const lines = text.split("\n");
  if (lines[0]?.trim() !== header) {
    throw new MalformedCsvError(path, 1, `the header must be \`${header}\``);
  }
  for (const [index, content] of lines.entries()) {
    const trimmed = content.trim();
    if (index > 0 && trimmed !== "") yield { line: index + 1, cells: trimmed.split(",") };
  }
}

interface CandleCells {
  readonly t: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

function readRow(path: string, line: number, cells: readonly string[]): CandleCells {
  const [t = 0, o = 0, h = 0, l = 0, c = 0, v = 0] = numbersOf(path, line, cells, 6);
  if (!(l > 0)) throw new MalformedCsvError(path, line, "the low must be above 0");
  if (h < Math.max(o, c) || l > Math.min(o, c)) {
    throw new MalformedCsvError(path, line, "open and close must lie between low and high");
  }
  if (v < 0) throw new MalformedCsvError(path, line, "the volume must not be negative");
  return { t, o, h, l, c, v };
}

function numbersOf(
  path: string,
  line: number,
  cells: readonly string[],
  count: number,
): readonly number[] {
  if (cells.length !== count) {
    throw new MalformedCsvError(path, line, `it has ${cells.length} cells, not ${count}`);
  }
  return cells.map((cell) => {
    const value = Number(cell);
    if (cell.trim() === "" || !Number.isFinite(value)) {
      throw new MalformedCsvError(path, line, `"${cell}" is not a number`);
    }
    return value;
  });
}

function decimalsOf(cell: string): number {
  const point = cell.indexOf(".");
  return point === -1 ? 0 : cell.length - point - 1;
}
