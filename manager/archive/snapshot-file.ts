/** Writes a pinned market into a file, in slices and with bounded memory. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { CandleStore, SeriesName } from "#manager/archive/candle-store.ts";
import { describeSources } from "#manager/archive/chunk.ts";
import type { ArchiveNotes } from "#manager/archive/notes.ts";
import { Pace } from "#manager/archive/pace.ts";
import type { Span } from "#manager/archive/span.ts";
import { assert } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import {
  FUNDING_COLUMNS,
  SERIES_COLUMNS,
  type SnapshotHeader,
  snapshotHead,
} from "#shared/snapshot.ts";

/** Rows that are gathered before they are written: 64 KiB a column. */
const BATCH_ROWS = 8192;
const BYTES_PER_NUMBER = Float64Array.BYTES_PER_ELEMENT;
const OWNER_ONLY = 0o600;
/** Stands in the header until the content is known. */
const NO_HASH = "0".repeat(16);

export interface SnapshotPlan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly (SeriesName & { readonly range: Span })[];
  readonly funding: readonly { readonly coin: Coin; readonly range: Span }[];
  readonly instruments: SnapshotHeader["instruments"];
}

export interface SnapshotView {
  readonly candles: CandleStore;
  readonly notes: ArchiveNotes;
}

/**
 * Writes the file and returns its header. On an error, and when the signal says stop, nothing is left.
 * The view must not change meanwhile.
 */
export async function writeSnapshot(
  view: SnapshotView,
  plan: SnapshotPlan,
  path: string,
  signal: AbortSignal,
): Promise<SnapshotHeader> {
  const fd = openSync(path, "w", OWNER_ONLY);
  try {
    const header = headerOf(view, plan);
    const hash = await writeColumns(view, plan, { fd, header, signal });
    const whole = { ...header, hash };
    writeSync(fd, snapshotHead(whole), 0, undefined, 0);
    closeSync(fd);
    return whole;
  } catch (error) {
    closeSync(fd);
    rmSync(path, { force: true });
    throw error;
  }
}

function headerOf({ candles, notes }: SnapshotView, plan: SnapshotPlan): SnapshotHeader {
  return {
    version: 1,
    hash: NO_HASH,
    fromMs: plan.fromMs,
    toMs: plan.toMs,
    series: plan.series.map(({ coin, timeframe, range }) => {
      const { count, sources } = candles.measure({ coin, timeframe }, range);
      return { coin, timeframe, count, source: describeSources(sources) };
    }),
    funding: plan.funding.map(({ coin, range }) => ({
      coin,
      count: notes.countFunding(coin, range),
    })),
    instruments: plan.instruments,
  };
}

interface Target {
  readonly fd: number;
  readonly header: SnapshotHeader;
  readonly signal: AbortSignal;
}

/** Returns the hash of all columns and of the header. */
async function writeColumns(
  view: SnapshotView,
  plan: SnapshotPlan,
  { fd, header, signal }: Target,
): Promise<string> {
  const pace = new Pace();
  let offset = snapshotHead(header).length;
  let hash = Bun.hash.xxHash64(JSON.stringify(header));
  for (const [index, { range, ...name }] of plan.series.entries()) {
    const rows = header.series[index]?.count ?? 0;
    const table = new TableWriter(fd, { columns: SERIES_COLUMNS.length, rows, offset });
    for (const { columns, tags } of view.candles.read(name, range)) {
      table.push(
        SERIES_COLUMNS.map((column) => columns[column]),
        tags.length,
      );
      await pace.step();
      signal.throwIfAborted();
    }
    hash = table.end(hash);
    offset += table.bytes;
  }
  for (const [index, { coin, range }] of plan.funding.entries()) {
    const rows = header.funding[index]?.count ?? 0;
    const table = new TableWriter(fd, { columns: FUNDING_COLUMNS.length, rows, offset });
    for (let { fromMs } = range; ; ) {
      const page = view.notes.funding(coin, { fromMs, toMs: range.toMs }, BATCH_ROWS);
      const times = Float64Array.from(page, (hour) => hour.hourMs);
      table.push([times, Float64Array.from(page, (hour) => hour.rate)], page.length);
      await pace.step();
      signal.throwIfAborted();
      if (page.length < BATCH_ROWS) break;
      fromMs = (page.at(-1)?.hourMs ?? range.toMs) + 1;
    }
    hash = table.end(hash);
    offset += table.bytes;
  }
  return hash.toString(16).padStart(NO_HASH.length, "0");
}

interface TableShape {
  readonly columns: number;
  readonly rows: number;
  /** Of its first column in the file. */
  readonly offset: number;
}

/**
 * One table of columns on its way into the file. Each column's hash runs over batches of a fixed number
 * of rows, so it does not depend on how the archive cuts them up. xxHash64: 56 MB in some 10 ms, where a
 * cryptographic hash takes ten times as long; it tells data apart, nobody forges one's own candles.
 */
class TableWriter {
  readonly bytes: number;
  readonly #fd: number;
  readonly #shape: TableShape;
  readonly #batches: Float64Array[];
  readonly #hashes: bigint[];
  #held = 0;
  #written = 0;

  constructor(fd: number, shape: TableShape) {
    this.#fd = fd;
    this.#shape = shape;
    this.bytes = shape.columns * shape.rows * BYTES_PER_NUMBER;
    this.#batches = Array.from({ length: shape.columns }, () => new Float64Array(BATCH_ROWS));
    this.#hashes = this.#batches.map(() => 0n);
  }

  push(columns: readonly Float64Array[], rows: number): void {
    for (let begin = 0; begin < rows; ) {
      const take = Math.min(rows - begin, BATCH_ROWS - this.#held);
      for (const [index, batch] of this.#batches.entries()) {
        const column = columns[index];
        assert(column !== undefined, "a table gets all of its columns");
        batch.set(column.subarray(begin, begin + take), this.#held);
      }
      this.#held += take;
      begin += take;
      if (this.#held === BATCH_ROWS) this.#write();
    }
  }

  /** Writes what is left; returns the hash with this table in it. */
  end(hash: bigint): bigint {
    if (this.#held > 0) this.#write();
    assert(this.#written === this.#shape.rows, "a table has as many rows as its header says");
    return Bun.hash.xxHash64(BigUint64Array.from(this.#hashes), hash);
  }

  #write(): void {
    const { offset, rows } = this.#shape;
    for (const [index, batch] of this.#batches.entries()) {
      const bytes = new Uint8Array(batch.buffer, 0, this.#held * BYTES_PER_NUMBER);
      const position = offset + (index * rows + this.#written) * BYTES_PER_NUMBER;
      writeSync(this.#fd, bytes, 0, bytes.length, position);
      this.#hashes[index] = Bun.hash.xxHash64(bytes, this.#hashes[index] ?? 0n);
    }
    this.#written += this.#held;
    this.#held = 0;
  }
}
