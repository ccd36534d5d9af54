/** Candles on disk: chunks of packed columns by series. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import {
  AGGREGATED_MASK,
  byChunk,
  type CandleOrigin,
  type Chunk,
  chunkAt,
  decodeChunk,
  EMPTY_CHUNK,
  encodeChunk,
  type MergeCount,
  maskOf,
  mergeInto,
  NOTHING_MERGED,
  sumMerges,
  type TagMask,
  tagOf,
  withoutAggregated,
} from "#manager/archive/chunk.ts";
import { ArchiveDamagedError } from "#manager/archive/errors.ts";
import { holesIn, joined, rowsWithin, type Span, spansOfRows } from "#manager/archive/span.ts";
import { isDamage } from "#manager/store/salvage.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type CandleColumns, rowsOf, sliceColumns, valueAt } from "#shared/columns.ts";
import { TIMEFRAME_MS, Timeframe } from "#shared/timeframe.ts";

/** Names one series: as a feed is named. */
export interface SeriesName {
  readonly coin: Coin;
  readonly timeframe: Timeframe;
}

/** What is there of a series. */
export interface SeriesSummary extends SeriesName {
  /** Open time of the first and close time of the last candle. */
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly count: number;
  /** Runs of missing candles between the two. */
  readonly gaps: number;
  readonly sources: TagMask;
  /** Any candle has a number of trades. */
  readonly hasTrades: boolean;
}

const SeriesRow = z.object({ id: z.int(), coin: z.string(), timeframe: Timeframe });
/** Rows of our own making, by the thousand: the tables are STRICT, so their types are not checked again. */
interface BlobRow {
  readonly data: Uint8Array;
}
interface Meta {
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly holes: number;
  readonly sources: TagMask;
  readonly trades: number;
}

/** Numbers of chunks that one series may have: those of `1m` reach it in the year 250000. */
export const CHUNKS_MAX = 2 ** 32;

/** Columns lie apart from their description, which is then read without them. */
const columnsId = (series: number, chunk: number): number => series * CHUNKS_MAX + chunk;

/** Chunks of which no more than the description is read at once. */
const METAS_MAX = 4096;

export class CandleStore {
  readonly #db: Database;
  readonly #place: string;
  readonly #ids = new Map<string, number>();

  /** `place`: the exchange that the candles are of; those of another are not seen. */
  constructor(db: Database, place: string) {
    this.#db = db;
    this.#place = place;
  }

  /**
   * Puts closed candles of one origin in, whole or not at all; what the rank of their origin does not
   * allow to replace stays. They ascend, each open time once, and are aligned.
   */
  put(name: SeriesName, rows: CandleColumns, origin: CandleOrigin): MergeCount {
    if (rowsOf(rows) === 0) return NOTHING_MERGED;
    return this.#db
      .transaction(() => {
        const id = this.#idOf(name) ?? this.#create(name);
        let total = NOTHING_MERGED;
        for (const part of byChunk(rows, name.timeframe)) {
          const { chunk, count } = mergeInto(
            this.#read(id, part.number) ?? EMPTY_CHUNK,
            part.rows,
            tagOf(origin),
          );
          this.write(id, part.number, chunk, name.timeframe);
          // What was worked out of a candle that has changed is not true any more.
          if (count.replaced > 0) this.#dropAggregated(name, part.rows);
          total = sumMerges(total, count);
        }
        return total;
      })
      .immediate();
  }

  /** Every series of which there is a candle, by coin, then from the shortest timeframe. */
  list(): SeriesSummary[] {
    const rows = this.#db
      .query("SELECT id, coin, timeframe FROM series WHERE place = ?")
      .all(this.#place)
      .map((row) => SeriesRow.parse(row))
      .toSorted(
        (a, b) =>
          a.coin.localeCompare(b.coin) || TIMEFRAME_MS[a.timeframe] - TIMEFRAME_MS[b.timeframe],
      );
    return rows.flatMap((row) => this.#summary(row.id, row) ?? []);
  }

  /** Undefined when there is no candle of it. */
  summary(name: SeriesName): SeriesSummary | undefined {
    const id = this.#idOf(name);
    return id === undefined ? undefined : this.#summary(id, name);
  }

  /** What the candles of a series cover in a range, gap by gap. */
  spans(name: SeriesName, range: Span): Span[] {
    const id = this.#idOf(name);
    if (id === undefined) return [];
    const lengthMs = TIMEFRAME_MS[name.timeframe];
    const spans: Span[] = [];
    for (const meta of this.#metas(id, name.timeframe, range)) {
      if (meta.holes === 0) spans.push({ fromMs: meta.first, toMs: meta.last + lengthMs });
      else spans.push(...spansOfRows(this.#existing(id, meta.number).columns.openTime, lengthMs));
    }
    return joined(spans);
  }

  /** Candles that open in the range, chunk by chunk, ascending. */
  *read(name: SeriesName, range: Span): Generator<Chunk> {
    const id = this.#idOf(name);
    if (id === undefined) return;
    for (const meta of this.#metas(id, name.timeframe, range)) {
      const chunk = this.#existing(id, meta.number);
      const [begin, end] = rowsWithin(chunk.columns.openTime, range);
      if (begin === 0 && end === chunk.tags.length) yield chunk;
      else if (begin < end) {
        const columns = sliceColumns(chunk.columns, begin, end);
        yield { columns, tags: chunk.tags.subarray(begin, end) };
      }
    }
  }

  /** How many candles open in the range, and where they came from. */
  measure(name: SeriesName, range: Span): { readonly count: number; readonly sources: TagMask } {
    const id = this.#idOf(name);
    if (id === undefined) return { count: 0, sources: 0 };
    let [count, sources] = [0, 0];
    for (const meta of this.#metas(id, name.timeframe, range)) {
      if (meta.first >= range.fromMs && meta.last < range.toMs) {
        count += meta.count;
        sources |= meta.sources;
        continue;
      }
      const { columns, tags } = this.#existing(id, meta.number);
      const [begin, end] = rowsWithin(columns.openTime, range);
      count += end - begin;
      sources |= maskOf(tags.subarray(begin, end));
    }
    return { count, sources };
  }

  #summary(id: number, { coin, timeframe }: SeriesName): SeriesSummary | undefined {
    const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    let summary: SeriesSummary | undefined;
    for (const meta of this.#metas(id, timeframe, everything)) {
      const touches = summary === undefined || summary.toMs === meta.first;
      summary = {
        coin,
        timeframe,
        fromMs: summary?.fromMs ?? meta.first,
        toMs: meta.last + TIMEFRAME_MS[timeframe],
        count: (summary?.count ?? 0) + meta.count,
        gaps: (summary?.gaps ?? 0) + meta.holes + (touches ? 0 : 1),
        sources: (summary?.sources ?? 0) | meta.sources,
        hasTrades: summary?.hasTrades === true || meta.trades > 0,
      };
    }
    return summary;
  }

  #idOf({ coin, timeframe }: SeriesName): number | undefined {
    const key = `${coin} ${timeframe}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const row = this.#db
      .query(
        "SELECT id, coin, timeframe FROM series WHERE place = ? AND coin = ? AND timeframe = ?",
      )
      .get(this.#place, coin, timeframe);
    if (row === null) return undefined;
    const { id } = SeriesRow.parse(row);
    this.#ids.set(key, id);
    return id;
  }

  #create({ coin, timeframe }: SeriesName): number {
    const row = this.#db
      .query(
        "INSERT INTO series (place, coin, timeframe) VALUES (?, ?, ?) RETURNING id, coin, timeframe",
      )
      .get(this.#place, coin, timeframe);
    return SeriesRow.parse(row).id;
  }

  /** Page by page: a statement that stays open would hold the write-ahead log. */
  *#metas(id: number, timeframe: Timeframe, range: Span): Generator<Meta> {
    const end = chunkAt(timeframe, range.toMs - 1);
    let next = chunkAt(timeframe, range.fromMs);
    while (next <= end) {
      const page = this.#db
        .query<Meta, [number, number, number]>(
          `SELECT number, first, last, count, holes, sources, trades FROM chunks
           WHERE series = ? AND number BETWEEN ? AND ? ORDER BY number LIMIT ${METAS_MAX}`,
        )
        .all(id, next, end);
      yield* page;
      if (page.length < METAS_MAX) return;
      next = (page.at(-1)?.number ?? end) + 1;
    }
  }

  /** Throws `ArchiveDamagedError`. */
  #read(id: number, number: number): Chunk | undefined {
    try {
      const row = this.#db
        .query<BlobRow, [number]>("SELECT data FROM columns WHERE id = ?")
        .get(columnsId(id, number));
      return row === null ? undefined : decodeChunk(row.data);
    } catch (cause) {
      // What is too short or too long for its rows is a RangeError of the column that it cannot be.
      if (isDamage(cause) || cause instanceof RangeError) throw new ArchiveDamagedError(cause);
      throw cause;
    }
  }

  /** A chunk that is listed. Throws `ArchiveDamagedError`. */
  #existing(id: number, number: number): Chunk {
    const chunk = this.#read(id, number);
    if (chunk === undefined) throw new ArchiveDamagedError("candles that are listed are not there");
    return chunk;
  }

  /** One chunk with its description, in place of what was there; belongs into a transaction. */
  write(id: number, number: number, chunk: Chunk, timeframe: Timeframe): void {
    const { openTime, trades } = chunk.columns;
    if (openTime.length === 0) {
      this.#db.query("DELETE FROM chunks WHERE series = ? AND number = ?").run(id, number);
      this.#db.query("DELETE FROM columns WHERE id = ?").run(columnsId(id, number));
      return;
    }
    this.#db
      .query(
        `INSERT OR REPLACE INTO chunks
         (series, number, first, last, count, holes, sources, trades)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        number,
        valueAt(openTime, 0),
        valueAt(openTime, openTime.length - 1),
        openTime.length,
        holesIn(openTime, TIMEFRAME_MS[timeframe]),
        maskOf(chunk.tags),
        trades.reduce((sum, count) => sum + count, 0),
      );
    this.#db
      .query("INSERT OR REPLACE INTO columns (id, data) VALUES (?, ?)")
      .run(columnsId(id, number), encodeChunk(chunk));
  }

  /** Forgets the aggregated candles of this coin's longer series around these rows. */
  #dropAggregated({ coin, timeframe }: SeriesName, rows: CandleColumns): void {
    const longer = this.#db
      .query("SELECT id, coin, timeframe FROM series WHERE place = ? AND coin = ?")
      .all(this.#place, coin)
      .map((row) => SeriesRow.parse(row))
      .filter((series) => TIMEFRAME_MS[series.timeframe] > TIMEFRAME_MS[timeframe]);
    for (const series of longer) {
      const first = valueAt(rows.openTime, 0);
      const last = valueAt(rows.openTime, rowsOf(rows) - 1);
      // A long candle opens before the short ones in it.
      const range = { fromMs: first - TIMEFRAME_MS[series.timeframe], toMs: last + 1 };
      for (const meta of this.#metas(series.id, series.timeframe, range)) {
        if ((meta.sources & AGGREGATED_MASK) === 0) continue;
        const kept = withoutAggregated(this.#existing(series.id, meta.number));
        this.write(series.id, meta.number, kept, series.timeframe);
      }
    }
  }
}
