/**
 * A damaged `archive.db` is set aside, never deleted, and the candles that can be read of it go into a new one.
 * SQLite does not notice a damaged price inside a row, so each chunk is looked at; what is lost is fetched again
 * as far as the exchange still has it.
 */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import { CandleStore, CHUNKS_MAX } from "#manager/archive/candle-store.ts";
import { BYTES_PER_ROW, type Chunk, chunkAt, decodeChunk } from "#manager/archive/chunk.ts";
import {
  ArchiveUnusableError,
  openArchiveDatabase,
  openNewArchive,
} from "#manager/archive/database.ts";
import { HOUR_MS } from "#manager/archive/notes.ts";
import { copyRows, isDamage, salvageInto } from "#manager/store/salvage.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type CandleRow, rowAt } from "#shared/columns.ts";
import { KumbhError } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import { TIMEFRAME_MS, TIMEFRAMES, Timeframe } from "#shared/timeframe.ts";

/**
 * Tables that are taken over. What the exchange lacks and its instruments are asked for anew; the description of
 * each chunk is made anew from its candles.
 */
const TABLES = ["series", "columns", "funding", "recorded"] as const;
/** No funding of an hour is nearly so high: the exchange caps it at 4% (hyperliquid-docs, "Funding"). */
const FUNDING_RATE_MAX = 1;

export interface OpenedArchive {
  readonly db: Database;
  /** What is to be told; undefined when it was sound. */
  readonly salvaged: EventBody | undefined;
}

/** Throws `ArchiveUnusableError`, `DatabaseLockedError`, `DatabaseTooNewError`. */
export function openArchive(path: string, nowMs: UnixMs): OpenedArchive {
  try {
    return { db: openArchiveDatabase(path), salvaged: undefined };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isDamage(cause)) throw error;
  }
  try {
    const { db, asidePath, rows } = salvageInto(path, nowMs, { open: openNewArchive, copy });
    return { db, salvaged: { kind: "archive_salvaged", asidePath, candles: rows } };
  } catch (cause) {
    throw cause instanceof KumbhError ? cause : new ArchiveUnusableError(path, cause);
  }
}

/** Returns how many candles could be read. */
function copy(from: string, to: Database): number {
  for (const table of TABLES) copyRows(from, to, table);
  dropGarbage(to);
  return describeChunks(to);
}

const SeriesRow = z.object({
  id: z.int().nonnegative(),
  place: z.string(),
  coin: z.string(),
  timeframe: Timeframe,
});

/** Rows that came back whole and hold garbage. */
function dropGarbage(db: Database): void {
  db.query("DELETE FROM funding WHERE hour % ? <> 0 OR abs(rate) > ?").run(
    HOUR_MS,
    FUNDING_RATE_MAX,
  );
  const places = TIMEFRAMES.map(() => "?").join(", ");
  for (const table of ["series", "recorded"]) {
    db.query(`DELETE FROM ${table} WHERE timeframe NOT IN (${places})`).run(...TIMEFRAMES);
  }
}

const ColumnsRow = z.object({ id: z.int(), data: z.instanceof(Uint8Array) });

/** Makes the description of every chunk that holds what its place says, and forgets the others. */
function describeChunks(db: Database): number {
  let candles = 0;
  const series = new Map(
    db
      .query("SELECT id, place, coin, timeframe FROM series")
      .all()
      .map((row) => SeriesRow.parse(row))
      .map((one) => [one.id, one]),
  );
  const ids = db.query<{ id: number }, []>("SELECT id FROM columns ORDER BY id").all();
  const read = db.query("SELECT id, data FROM columns WHERE id = ?");
  for (const { id } of ids) {
    const owner = series.get(Math.floor(id / CHUNKS_MAX));
    const number = id % CHUNKS_MAX;
    const { data } = ColumnsRow.parse(read.get(id));
    const chunk = owner === undefined ? undefined : soundChunk(data, owner.timeframe, number);
    if (owner === undefined || chunk === undefined) {
      db.query("DELETE FROM columns WHERE id = ?").run(id);
      continue;
    }
    new CandleStore(db, owner.place).write(owner.id, number, chunk, owner.timeframe);
    candles += chunk.tags.length;
  }
  return candles;
}

/** The chunk, when every candle in it lies in its span and on its grid and can be one; else undefined. */
export function soundChunk(
  data: Uint8Array,
  timeframe: Timeframe,
  number: number,
): Chunk | undefined {
  if (data.length === 0 || data.length % BYTES_PER_ROW !== 0) return undefined;
  const chunk = decodeChunk(data);
  let before = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < chunk.tags.length; index++) {
    const row = rowAt(chunk.columns, index);
    const isInPlace =
      row.openTime > before &&
      row.openTime % TIMEFRAME_MS[timeframe] === 0 &&
      chunkAt(timeframe, row.openTime) === number;
    if (!isInPlace || !canBe(row)) return undefined;
    before = row.openTime;
  }
  return chunk;
}

const canBe = ({ open, high, low, close, volume, trades }: CandleRow): boolean =>
  low > 0 &&
  low <= Math.min(open, close) &&
  high >= Math.max(open, close) &&
  high < Number.POSITIVE_INFINITY &&
  volume >= 0 &&
  volume < Number.POSITIVE_INFINITY &&
  Number.isInteger(trades) &&
  trades >= 0;
