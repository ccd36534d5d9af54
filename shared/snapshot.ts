/**
 * The market that a backtest runs on: one file, written by the manager and mapped by the child. It does
 * not change while the run lasts, and its hash stands for its whole content.
 *
 *   8 bytes   length of the header, little-endian
 *   header    `SnapshotHeader` as JSON, padded with spaces to a multiple of 8 bytes
 *   columns   of each series in turn, then of each funding history: float64, little-endian, one column
 *             after the other
 */
import { z } from "zod";
import { assert } from "#shared/assert.ts";
import { Coin } from "#shared/candle.ts";
import { Instrument } from "#shared/instrument.ts";
import { Timeframe } from "#shared/timeframe.ts";

/** Columns of a series, in the order in which they lie in the file. */
export const SERIES_COLUMNS = [
  "openTime",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "trades",
] as const;
export type SeriesColumn = (typeof SERIES_COLUMNS)[number];
/** Columns of a funding history. */
export const FUNDING_COLUMNS = ["timeMs", "rate"] as const;
export type FundingColumn = (typeof FUNDING_COLUMNS)[number];

const BYTES_PER_NUMBER = 8;

export const SnapshotSeries = z.object({
  coin: Coin,
  timeframe: Timeframe,
  /** Closed candles, ascending, each once; a missing one is missing here too. */
  count: z.int().nonnegative(),
  /** Where they came from, in words for the report's header: `exchange`, `import`, `aggregated from 1m`. */
  source: z.string(),
});
export type SnapshotSeries = Readonly<z.infer<typeof SnapshotSeries>>;

export const SnapshotHeader = z.object({
  version: z.literal(1),
  /** Of all columns and of what else the header says. */
  hash: z.string(),
  /** First ms of the run: decisions are made on candles that close after it. */
  fromMs: z.int(),
  /** First ms after the run. */
  toMs: z.int(),
  series: z.array(SnapshotSeries),
  /** Hourly rates; a coin without a history has a count of 0. */
  funding: z.array(z.object({ coin: Coin, count: z.int().nonnegative() })),
  /** Of every coin of the series; `inferred`: nobody has asked the exchange, the data's decimals tell. */
  instruments: z.array(z.object({ instrument: Instrument, inferred: z.boolean() })),
});
export type SnapshotHeader = Readonly<z.infer<typeof SnapshotHeader>>;

/** The columns of one series: views into the file, without a copy. */
export interface SeriesColumns extends SnapshotSeries {
  readonly columns: Readonly<Record<SeriesColumn, Float64Array>>;
}
export interface FundingColumns {
  readonly coin: Coin;
  readonly count: number;
  /** The hour at which it is paid, in ms. */
  readonly timeMs: Float64Array;
  /** Of the notional, for one hour; longs pay when it is above 0. */
  readonly rate: Float64Array;
}
export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly series: readonly SeriesColumns[];
  readonly funding: readonly FundingColumns[];
}

/** What stands before the columns. */
export function snapshotHead(header: SnapshotHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / BYTES_PER_NUMBER) * BYTES_PER_NUMBER;
  const head = new Uint8Array(BYTES_PER_NUMBER + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, BYTES_PER_NUMBER);
  return head;
}

/** Reads a snapshot without copying its columns. Throws where the file is cut short or none of ours. */
export function readSnapshot(file: Uint8Array): Snapshot {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headBytes = Number(view.getBigUint64(0, true));
  const json = new TextDecoder().decode(
    file.subarray(BYTES_PER_NUMBER, BYTES_PER_NUMBER + headBytes),
  );
  const header = SnapshotHeader.parse(JSON.parse(json));
  let offset = file.byteOffset + BYTES_PER_NUMBER + headBytes;
  const take = (count: number): Float64Array => {
    const column = new Float64Array(file.buffer, offset, count);
    offset += count * BYTES_PER_NUMBER;
    return column;
  };
  const series = header.series.map((each) => ({
    ...each,
    columns: {
      openTime: take(each.count),
      open: take(each.count),
      high: take(each.count),
      low: take(each.count),
      close: take(each.count),
      volume: take(each.count),
      trades: take(each.count),
    },
  }));
  const funding = header.funding.map((each) => ({
    ...each,
    timeMs: take(each.count),
    rate: take(each.count),
  }));
  assert(offset === file.byteOffset + file.byteLength, "a snapshot ends with its last column");
  return { header, series, funding };
}
