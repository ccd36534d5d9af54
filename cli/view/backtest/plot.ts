/** A small canvas of braille: two dots wide and four high in every character. */

const DOTS_WIDE = 2;
const DOTS_HIGH = 4;
const BRAILLE_EMPTY = 0x2800;
/** Bits of the dots of a character, column by column from the top (Unicode's own order). */
const BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** A value at a moment. */
export interface Point {
  readonly timeMs: number;
  readonly value: number;
}

/** The lowest and the highest value that a curve takes within each of equal columns of time. */
export interface Columns {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** What lies between two points is the straight line. Points ascend in time; there is one at least. */
export function columnsOf(points: readonly Point[], columns: number): Columns {
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const fromMs = points[0]?.timeMs ?? 0;
  const spanMs = Math.max(1, (points.at(-1)?.timeMs ?? 0) - fromMs);
  const take = (column: number, value: number): void => {
    low[column] = Math.min(low[column] ?? value, value);
    high[column] = Math.max(high[column] ?? value, value);
  };
  let [beforePlace, beforeValue] = [0, points[0]?.value ?? 0];
  for (const { timeMs, value } of points) {
    const place = ((timeMs - fromMs) / spanMs) * columns;
    const [first, last] = [columnAt(beforePlace, columns), columnAt(place, columns)];
    take(first, beforeValue);
    // At each edge between two columns the line is in both.
    for (let edge = first + 1; edge <= last; edge++) {
      const share = (edge - beforePlace) / (place - beforePlace);
      const between = beforeValue + (value - beforeValue) * Math.min(1, share);
      take(edge - 1, between);
      take(edge, between);
    }
    take(last, value);
    [beforePlace, beforeValue] = [place, value];
  }
  return { low, high };
}

const columnAt = (place: number, columns: number): number =>
  Math.min(columns - 1, Math.floor(place));

/** What a plot shows from its bottom to its top. */
export interface Scale {
  readonly bottom: number;
  readonly top: number;
}

/** The dot row of a value, 0 being the top one. */
function dotRow(value: number, { bottom, top }: Scale, rows: number): number {
  const dots = rows * DOTS_HIGH - 1;
  const share = top === bottom ? 0.5 : (top - value) / (top - bottom);
  return Math.min(dots, Math.max(0, Math.round(share * dots)));
}

/** Dot columns of so many characters. */
export const dotColumns = (characters: number): number => characters * DOTS_WIDE;

/** Lines of a curve, `rows` characters high; blank characters are spaces. */
export function linePlot(columns: Columns, scale: Scale, rows: number): string[] {
  return plot(columns.low.length, rows, (column) => ({
    first: dotRow(columns.high[column] ?? 0, scale, rows),
    last: dotRow(columns.low[column] ?? 0, scale, rows),
  }));
}

/** Lines of an area that hangs from the top down to the curve's lowest values. */
export function hangingPlot(columns: Columns, scale: Scale, rows: number): string[] {
  return plot(columns.low.length, rows, (column) => {
    const low = columns.low[column] ?? 0;
    return { first: 0, last: low < scale.top ? dotRow(low, scale, rows) : -1 };
  });
}

/** Rows of characters at which a curve stands in the middle of each character's time. */
export function rowsOf(columns: Columns, scale: Scale, rows: number): number[] {
  const characters = columns.low.length / DOTS_WIDE;
  return Array.from({ length: characters }, (_, character) => {
    const column = character * DOTS_WIDE;
    const middle = ((columns.low[column] ?? 0) + (columns.high[column] ?? 0)) / 2;
    return Math.floor(dotRow(middle, scale, rows) / DOTS_HIGH);
  });
}

interface DotRange {
  readonly first: number;
  readonly last: number;
}

function plot(columns: number, rows: number, dots: (column: number) => DotRange): string[] {
  const characters = columns / DOTS_WIDE;
  const bits = Array.from({ length: rows }, () => new Uint8Array(characters));
  for (let column = 0; column < columns; column++) {
    const { first, last } = dots(column);
    const character = Math.floor(column / DOTS_WIDE);
    for (let dot = first; dot <= last; dot++) {
      const line = bits[Math.floor(dot / DOTS_HIGH)];
      const bit = BITS[column % DOTS_WIDE === 0 ? 0 : 1][dot % DOTS_HIGH] ?? 0;
      if (line !== undefined) line[character] = (line[character] ?? 0) | bit;
    }
  }
  return bits.map((line) =>
    Array.from(line, (bit) => (bit === 0 ? " " : String.fromCodePoint(BRAILLE_EMPTY + bit))).join(
      "",
    ),
  );
}
