/**
 * A chunk of a series: the closed candles of a fixed span of time as packed columns, with where each
 * came from. Pure.
 */
import { type CandleColumns, columnsOf, rowsOf, sliceColumns, valueAt } from "#shared/columns.ts";
import { SERIES_COLUMNS, type SeriesColumn } from "#shared/snapshot.ts";
import { TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from "#shared/timeframe.ts";

/**
 * Candles that a chunk spans: counted, not in days, so that an append to `1m` rewrites no more than one
 * to `1d` (29 KB at most), and a million candles are still read in 2000 blobs.
 */
export const CHUNK_CANDLES = 512;
const BYTES_PER_NUMBER = Float64Array.BYTES_PER_ELEMENT;
/** Bytes that a candle takes in a chunk's blob. */
export const BYTES_PER_ROW = SERIES_COLUMNS.length * BYTES_PER_NUMBER + 1;

/** Where a candle came from; the one with the higher rank stays when two tell of one candle. */
export type CandleOrigin =
  | { readonly kind: "exchange" | "feed" | "import" }
  | { readonly kind: "aggregated"; readonly from: Timeframe };

/** As it is stored: a byte a candle. Never changed once shipped. */
const ORIGIN_TAG = { exchange: 1, feed: 2, import: 3 } as const;
const AGGREGATED_TAG_MIN = 16;

export const tagOf = (origin: CandleOrigin): number =>
  origin.kind === "aggregated"
    ? AGGREGATED_TAG_MIN + TIMEFRAMES.indexOf(origin.from)
    : ORIGIN_TAG[origin.kind];

export const isAggregated = (tag: number): boolean => tag >= AGGREGATED_TAG_MIN;

/** The exchange's own word counts more than a file, a file more than what was worked out. */
function rankOf(tag: number): number {
  if (isAggregated(tag)) return 0;
  return tag === ORIGIN_TAG.import ? 1 : 2;
}

/** A set of tags as bits. */
export type TagMask = number;
/** Tags of candles that were aggregated. */
export const AGGREGATED_MASK: TagMask = ~((1 << AGGREGATED_TAG_MIN) - 1);

export function maskOf(tags: Uint8Array): TagMask {
  let mask = 0;
  for (const tag of tags) mask |= 1 << tag;
  return mask;
}

/** `exchange, import`, `aggregated from 1m`. */
export function describeSources(mask: TagMask): string {
  const own = Object.entries(ORIGIN_TAG).flatMap(([name, tag]) =>
    (mask & (1 << tag)) === 0 ? [] : [name],
  );
  const aggregated = TIMEFRAMES.flatMap((timeframe, index) =>
    (mask & (1 << (AGGREGATED_TAG_MIN + index))) === 0 ? [] : [`aggregated from ${timeframe}`],
  );
  return [...own, ...aggregated].join(", ");
}

export interface Chunk {
  readonly columns: CandleColumns;
  /** The origin's tag of each row. */
  readonly tags: Uint8Array;
}

export const EMPTY_CHUNK: Chunk = {
  columns: columnsOf(() => new Float64Array()),
  tags: new Uint8Array(),
};

export const chunkMs = (timeframe: Timeframe): number => CHUNK_CANDLES * TIMEFRAME_MS[timeframe];

/** Number of the chunk that holds this open time. */
export const chunkAt = (timeframe: Timeframe, openTimeMs: number): number =>
  Math.floor(openTimeMs / chunkMs(timeframe));

export function encodeChunk({ columns, tags }: Chunk): Uint8Array {
  const rows = tags.length;
  const bytes = new Uint8Array(rows * BYTES_PER_ROW);
  const numbers = new Float64Array(bytes.buffer, 0, rows * SERIES_COLUMNS.length);
  for (const [index, name] of SERIES_COLUMNS.entries()) {
    numbers.set(columns[name], index * rows);
  }
  bytes.set(tags, rows * SERIES_COLUMNS.length * BYTES_PER_NUMBER);
  return bytes;
}

/** Views into the blob, without a copy where it lies well. */
export function decodeChunk(blob: Uint8Array): Chunk {
  const bytes = blob.byteOffset % BYTES_PER_NUMBER === 0 ? blob : blob.slice();
  const rows = bytes.length / BYTES_PER_ROW;
  const column = (name: SeriesColumn) =>
    new Float64Array(
      bytes.buffer,
      bytes.byteOffset + SERIES_COLUMNS.indexOf(name) * rows * BYTES_PER_NUMBER,
      rows,
    );
  return {
    columns: columnsOf(column),
    tags: bytes.subarray(rows * SERIES_COLUMNS.length * BYTES_PER_NUMBER),
  };
}

/** Rows that a merge met: new ones, changed ones, equal ones, and those that a higher rank kept out. */
export interface MergeCount {
  readonly added: number;
  readonly replaced: number;
  readonly same: number;
  readonly kept: number;
}
export const NOTHING_MERGED: MergeCount = { added: 0, replaced: 0, same: 0, kept: 0 };
export const sumMerges = (a: MergeCount, b: MergeCount): MergeCount => ({
  added: a.added + b.added,
  replaced: a.replaced + b.replaced,
  same: a.same + b.same,
  kept: a.kept + b.kept,
});

/** Puts rows of one origin into a chunk. Both ascend, each open time once. */
export function mergeInto(
  old: Chunk,
  incoming: CandleColumns,
  tag: number,
): { readonly chunk: Chunk; readonly count: MergeCount } {
  const rank = rankOf(tag);
  const count = { added: 0, replaced: 0, same: 0, kept: 0 };
  // For each row of the result, where it is taken from: a row of ours, or (negative) one that comes in.
  const picks: number[] = [];
  const [oldRows, newRows] = [old.tags.length, rowsOf(incoming)];
  let [i, j] = [0, 0];
  while (i < oldRows || j < newRows) {
    const mine = i < oldRows ? valueAt(old.columns.openTime, i) : Number.POSITIVE_INFINITY;
    const theirs = j < newRows ? valueAt(incoming.openTime, j) : Number.POSITIVE_INFINITY;
    if (mine < theirs) picks.push(i++);
    else if (theirs < mine) {
      count.added++;
      picks.push(-1 - j++);
    } else {
      const isSame = sameRow(old.columns, i, incoming, j);
      const wins = rank >= rankOf(old.tags[i] ?? 0);
      count[isSame ? "same" : wins ? "replaced" : "kept"]++;
      picks.push(wins ? -1 - j : i);
      i++;
      j++;
    }
  }
  const columns = columnsOf((name) =>
    Float64Array.from(picks, (pick) =>
      pick < 0 ? valueAt(incoming[name], -1 - pick) : valueAt(old.columns[name], pick),
    ),
  );
  const tags = Uint8Array.from(picks, (pick) => (pick < 0 ? tag : (old.tags[pick] ?? 0)));
  return { chunk: { columns, tags }, count };
}

function sameRow(a: CandleColumns, i: number, b: CandleColumns, j: number): boolean {
  return SERIES_COLUMNS.every((name) => valueAt(a[name], i) === valueAt(b[name], j));
}

/** The chunk without what was aggregated. */
export function withoutAggregated({ columns, tags }: Chunk): Chunk {
  const kept = (_: number, index: number) => !isAggregated(tags[index] ?? 0);
  return {
    columns: columnsOf((name) => columns[name].filter(kept)),
    tags: tags.filter(kept),
  };
}

/** Index after the last row of the chunk that `begin` belongs to. */
export function chunkEnd(columns: CandleColumns, begin: number, timeframe: Timeframe): number {
  const chunk = chunkAt(timeframe, valueAt(columns.openTime, begin));
  let end = begin;
  while (end < rowsOf(columns) && chunkAt(timeframe, valueAt(columns.openTime, end)) === chunk) {
    end++;
  }
  return end;
}

/** Rows cut up by the chunk that they belong to. */
export function* byChunk(
  columns: CandleColumns,
  timeframe: Timeframe,
): Generator<{ readonly number: number; readonly rows: CandleColumns }> {
  for (let begin = 0; begin < rowsOf(columns); ) {
    const end = chunkEnd(columns, begin, timeframe);
    const number = chunkAt(timeframe, valueAt(columns.openTime, begin));
    yield { number, rows: sliceColumns(columns, begin, end) };
    begin = end;
  }
}
