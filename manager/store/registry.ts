/** The fleet as it is wanted and as it was last seen: on disk before it is acted on. */
import type { Database } from "bun:sqlite";
import { z } from "zod";
import { AuthorError } from "#shared/author-error.ts";
import { Feed, type FeedKey } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { parseJson } from "#shared/json.ts";
import { ParamOrigins, Params, StrategySettings } from "#shared/settings.ts";

/** What a person added: the code, how it is set up, how it is kept. */
export interface Definition {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The author's file, absolute. */
  readonly file: string;
  /** Of the bundle. */
  readonly hash: string;
  readonly params: Params;
  readonly paramOrigins: ParamOrigins;
  /** As the inspection saw them. */
  readonly feeds: readonly z.output<typeof Feed>[];
  readonly settings: StrategySettings;
}

export type Desired = "running" | "stopped";

/** A strategy of the fleet. */
export interface Registered extends Definition {
  readonly addedAtMs: UnixMs;
  readonly desired: Desired;
  /** Why it was given up; null when it was not. */
  readonly failed: string | null;
  readonly run: number;
  readonly failures: number;
  readonly restarts: number;
  /** Live candles handled. */
  readonly candles: number;
  readonly lastCandleAtMs: UnixMs | null;
  readonly lastError: AuthorError | null;
}

/** The counts that a restart of the manager must not forget. */
export type Counts = Pick<Registered, "failed" | "run" | "failures" | "restarts">;

const Row = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  file: z.string(),
  hash: z.string(),
  params: z.string(),
  param_origins: z.string(),
  feeds: z.string(),
  settings: z.string(),
  added_at: z.int(),
  desired: z.enum(["running", "stopped"]),
  failed: z.string().nullable(),
  run: z.int(),
  failures: z.int(),
  restarts: z.int(),
  candles: z.int(),
  last_candle_at: z.int().nullable(),
  last_error: z.string().nullable(),
});

const AddedRow = z.object({ name: z.string(), added_at: z.int() });
const HandledRow = z.object({ feed: z.string(), until: z.int() });

export class Registry {
  readonly #db: Database;
  readonly #onChange: (registry: Registry) => void;
  readonly #handle;
  readonly #count;

  /** `onChange`: the fleet as it is wanted has changed. */
  constructor(db: Database, onChange: (registry: Registry) => void = () => undefined) {
    this.#db = db;
    this.#onChange = onChange;
    this.#handle = db.prepare(
      `INSERT INTO handled (strategy, feed, until) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET until = max(until, excluded.until)`,
    );
    this.#count = db.prepare(
      `UPDATE strategies
       SET candles = candles + ?2, last_candle_at = max(coalesce(last_candle_at, 0), ?3)
       WHERE name = ?1`,
    );
  }

  /** In the order of their names. */
  all(): Registered[] {
    return this.#db.query("SELECT * FROM strategies ORDER BY name").all().map(readRegistered);
  }

  get(name: string): Registered | undefined {
    const row = this.#db.query("SELECT * FROM strategies WHERE name = ?").get(name);
    return row === null ? undefined : readRegistered(row);
  }

  /** Adds a strategy, or replaces the definition of the one of that name and keeps its counts. */
  put(definition: Definition, nowMs: UnixMs): void {
    this.#db
      .query(
        `INSERT INTO strategies
           (name, version, description, file, hash, params, param_origins, feeds, settings,
            added_at, desired)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'stopped')
         ON CONFLICT DO UPDATE SET
           version = excluded.version, description = excluded.description, file = excluded.file,
           hash = excluded.hash, params = excluded.params,
           param_origins = excluded.param_origins, feeds = excluded.feeds,
           settings = excluded.settings`,
      )
      .run(
        definition.name,
        definition.version,
        definition.description,
        definition.file,
        definition.hash,
        JSON.stringify(definition.params),
        JSON.stringify(definition.paramOrigins),
        JSON.stringify(definition.feeds),
        JSON.stringify(definition.settings),
        Math.round(nowMs),
      );
    this.#onChange(this);
  }

  /** When each strategy was added. */
  addedAtMs(): Map<string, UnixMs> {
    const rows = this.#db.query("SELECT name, added_at FROM strategies").all();
    return new Map(
      rows.map((row) => {
        const { name, added_at } = AddedRow.parse(row);
        return [name, added_at];
      }),
    );
  }

  setDesired(name: string, desired: Desired): void {
    this.#db.query("UPDATE strategies SET desired = ?2 WHERE name = ?1").run(name, desired);
    this.#onChange(this);
  }

  setCounts(name: string, counts: Counts): void {
    this.#db
      .query(
        `UPDATE strategies SET failed = ?2, run = ?3, failures = ?4, restarts = ?5
         WHERE name = ?1`,
      )
      .run(name, counts.failed, counts.run, counts.failures, counts.restarts);
  }

  setLastError(name: string, error: AuthorError | null): void {
    this.#db
      .query("UPDATE strategies SET last_error = ?2 WHERE name = ?1")
      .run(name, error === null ? null : JSON.stringify(error));
  }

  /** Its runs and what it handled go with it; its fills stay, and are nobody's. */
  remove(name: string): void {
    this.#db
      .transaction(() => {
        this.#db.query("DELETE FROM strategies WHERE name = ?").run(name);
        this.#db.query("DELETE FROM handled WHERE strategy = ?").run(name);
        this.#db.query("DELETE FROM runs WHERE strategy = ?").run(name);
        this.#db
          .query("UPDATE fills SET strategy = NULL, handled = 1 WHERE strategy = ?")
          .run(name);
      })
      .immediate();
    this.#onChange(this);
  }

  /** Live candles that the strategy's hooks are done with: by feed the close time of the last. */
  recordHandled(name: string, candles: number, until: ReadonlyMap<FeedKey, UnixMs>): void {
    this.#db
      .transaction(() => {
        for (const [feed, closeTime] of until) this.#handle.run(name, feed, closeTime);
        this.#count.run(name, candles, Math.max(...until.values()));
      })
      .immediate();
  }

  handledUntil(name: string): Map<FeedKey, UnixMs> {
    const rows = this.#db.query("SELECT feed, until FROM handled WHERE strategy = ?").all(name);
    return new Map(
      rows.map((row) => {
        const { feed, until } = HandledRow.parse(row);
        return [feed, until];
      }),
    );
  }
}

function readRegistered(value: unknown): Registered {
  const row = Row.parse(value);
  return {
    name: row.name,
    version: row.version,
    description: row.description,
    file: row.file,
    hash: row.hash,
    params: parseJson(Params, row.params, `the params of ${row.name}`),
    paramOrigins: parseJson(ParamOrigins, row.param_origins, `the origins of ${row.name}'s params`),
    feeds: parseJson(z.array(Feed), row.feeds, `the feeds of ${row.name}`),
    settings: parseJson(StrategySettings, row.settings, `the settings of ${row.name}`),
    addedAtMs: row.added_at,
    desired: row.desired,
    failed: row.failed,
    run: row.run,
    failures: row.failures,
    restarts: row.restarts,
    candles: row.candles,
    lastCandleAtMs: row.last_candle_at,
    lastError:
      row.last_error === null
        ? null
        : parseJson(AuthorError, row.last_error, `the last error of ${row.name}`),
  };
}
