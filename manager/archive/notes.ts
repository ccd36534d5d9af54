/** The archive's smaller tables: funding, instruments, recorded feeds, what the exchange does not have. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import type { SeriesName } from "#manager/archive/candle-store.ts";
import { joined, type Span, within } from "#manager/archive/span.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { Instrument } from "#shared/instrument.ts";
import { parseJson } from "#shared/json.ts";
import { Timeframe } from "#shared/timeframe.ts";

export const HOUR_MS = 3_600_000;

/** The rate of one hour. */
export interface FundingHour {
  /** Start of the hour at which it is paid: the exchange's times lie some ms after it. */
  readonly hourMs: UnixMs;
  readonly rate: number;
}

export interface FundingSummary {
  readonly coin: Coin;
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
  readonly count: number;
}

const FundingRow = z.object({ hour: z.int(), rate: z.number() });
const FundingSummaryRow = z
  .object({ coin: z.string(), fromMs: z.int(), toMs: z.int(), count: z.int() })
  .array();
const SpanRow = z.object({ from_ms: z.int(), to_ms: z.int() });
const BodyRow = z.object({ body: z.string() });
const RecordedRow = z.object({ coin: z.string(), timeframe: Timeframe });

export class ArchiveNotes {
  readonly #db: Database;
  readonly #place: string;

  constructor(db: Database, place: string) {
    this.#db = db;
    this.#place = place;
  }

  /** Returns how many hours are new. An import does not replace what the exchange said. */
  putFunding(coin: Coin, hours: readonly FundingHour[], origin: "exchange" | "import"): number {
    const insert = this.#db.query(
      `INSERT INTO funding (place, coin, hour, rate, imported) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (place, coin, hour) DO UPDATE SET rate = excluded.rate, imported = excluded.imported
       WHERE excluded.imported = 0 OR funding.imported = 1`,
    );
    const before = this.#countFunding(coin);
    this.#db
      .transaction(() => {
        for (const { hourMs, rate } of hours) {
          insert.run(this.#place, coin, hourMs, rate, origin === "import" ? 1 : 0);
        }
      })
      .immediate();
    return this.#countFunding(coin) - before;
  }

  /** The rates of the hours in the range, ascending, at most `limit`. */
  funding(coin: Coin, { fromMs, toMs }: Span, limit: number): FundingHour[] {
    return this.#db
      .query(
        `SELECT hour, rate FROM funding WHERE place = ? AND coin = ? AND hour >= ? AND hour < ?
         ORDER BY hour LIMIT ?`,
      )
      .all(this.#place, coin, fromMs, toMs, limit)
      .map((row) => {
        const { hour, rate } = FundingRow.parse(row);
        return { hourMs: hour, rate };
      });
  }

  countFunding(coin: Coin, { fromMs, toMs }: Span): number {
    return this.#count(
      "SELECT count(*) AS n FROM funding WHERE place = ? AND coin = ? AND hour >= ? AND hour < ?",
      [this.#place, coin, fromMs, toMs],
    );
  }

  listFunding(): FundingSummary[] {
    return FundingSummaryRow.parse(
      this.#db
        .query(
          `SELECT coin, min(hour) AS fromMs, max(hour) + ${HOUR_MS} AS toMs, count(*) AS count
           FROM funding WHERE place = ? GROUP BY coin ORDER BY coin`,
        )
        .all(this.#place),
    );
  }

  /** The exchange was asked for this, and has it not. `what` names a series or a funding history. */
  noteAbsent(what: string, spans: readonly Span[]): void {
    const insert = this.#db.query(
      `INSERT INTO absent (place, what, from_ms, to_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (place, what, from_ms) DO UPDATE SET to_ms = max(to_ms, excluded.to_ms)`,
    );
    this.#db
      .transaction(() => {
        for (const { fromMs, toMs } of spans) insert.run(this.#place, what, fromMs, toMs);
      })
      .immediate();
  }

  absent(what: string, range: Span): Span[] {
    const rows = this.#db
      .query("SELECT from_ms, to_ms FROM absent WHERE place = ? AND what = ? AND from_ms < ?")
      .all(this.#place, what, range.toMs)
      .map((row) => SpanRow.parse(row));
    return joined(
      within(
        range,
        rows.map((row) => ({ fromMs: row.from_ms, toMs: row.to_ms })),
      ),
    );
  }

  putInstruments(instruments: readonly Instrument[]): void {
    const insert = this.#db.query(
      "INSERT OR REPLACE INTO instruments (place, coin, body) VALUES (?, ?, ?)",
    );
    this.#db
      .transaction(() => {
        for (const instrument of instruments) {
          insert.run(this.#place, instrument.coin, JSON.stringify(instrument));
        }
      })
      .immediate();
  }

  instrument(coin: Coin): Instrument | undefined {
    const row = this.#db
      .query("SELECT body FROM instruments WHERE place = ? AND coin = ?")
      .get(this.#place, coin);
    if (row === null) return undefined;
    return parseJson(Instrument, BodyRow.parse(row).body, `the archive's instrument ${coin}`);
  }

  recorded(): SeriesName[] {
    return this.#db
      .query("SELECT coin, timeframe FROM recorded WHERE place = ? ORDER BY coin, timeframe")
      .all(this.#place)
      .map((row) => RecordedRow.parse(row));
  }

  addRecorded({ coin, timeframe }: SeriesName): void {
    this.#db
      .query("INSERT OR IGNORE INTO recorded (place, coin, timeframe) VALUES (?, ?, ?)")
      .run(this.#place, coin, timeframe);
  }

  removeRecorded({ coin, timeframe }: SeriesName): void {
    this.#db
      .query("DELETE FROM recorded WHERE place = ? AND coin = ? AND timeframe = ?")
      .run(this.#place, coin, timeframe);
  }

  #countFunding(coin: Coin): number {
    return this.#count("SELECT count(*) AS n FROM funding WHERE place = ? AND coin = ?", [
      this.#place,
      coin,
    ]);
  }

  #count(sql: string, values: readonly (string | number)[]): number {
    const CountRow = z.object({ n: z.int() });
    return CountRow.parse(this.#db.query(sql).get(...values)).n;
  }
}
