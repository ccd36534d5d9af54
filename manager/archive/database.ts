/** Opening `archive.db`: the candles of the past, in a file of their own that may grow large. */
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import {
  DamagedError,
  DatabaseLockedError,
  isLock,
  requireSound,
  requireSoundTable,
} from "#manager/store/database.ts";
import { migrate } from "#manager/store/migrations.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";

/** Longest wait for another connection's lock at the start and by a reader, in ms. */
const BUSY_MS_MAX = 2000;
/** The same once the manager runs, in ms. */
const WRITE_BUSY_MS_MAX = 250;
/** An archive of more bytes is not read whole at each start: that would take seconds. */
const WHOLE_CHECK_BYTES_MAX = 1 << 30;
/** All but the candles. */
const SMALL_TABLES = ["series", "chunks", "funding", "absent", "instruments", "recorded"] as const;
/** A chunk then takes two pages, not eight. Counts when the file is made. */
const PAGE_BYTES = 16_384;
/** So much of the file a view maps, in bytes: its blobs are then copied once, not twice. */
const VIEW_MAP_BYTES = 1 << 30;

/** The forms, oldest first. One that has shipped is never changed; a new one is added. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    coin TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    UNIQUE (place, coin, timeframe)
  ) STRICT;

  CREATE TABLE chunks (
    series INTEGER NOT NULL REFERENCES series (id),
    number INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    count INTEGER NOT NULL,
    holes INTEGER NOT NULL,
    sources INTEGER NOT NULL,
    trades INTEGER NOT NULL,
    PRIMARY KEY (series, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE columns (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
  ) STRICT;

  CREATE TABLE funding (
    place TEXT NOT NULL,
    coin TEXT NOT NULL,
    hour INTEGER NOT NULL,
    rate REAL NOT NULL,
    imported INTEGER NOT NULL CHECK (imported IN (0, 1)),
    PRIMARY KEY (place, coin, hour)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE absent (
    place TEXT NOT NULL,
    what TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    PRIMARY KEY (place, what, from_ms)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE instruments (
    place TEXT NOT NULL,
    coin TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (place, coin)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE recorded (
    place TEXT NOT NULL,
    coin TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    PRIMARY KEY (place, coin, timeframe)
  ) STRICT, WITHOUT ROWID;
  `,
];

export class ArchiveUnusableError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super(
      "archive_unusable",
      `cannot use the archive of candles ${path}: ${messageOf(cause)}`,
      "check the disk and the file; move it away to begin with an empty archive",
      { cause },
    );
  }
}

/**
 * Opens the archive, sound, and brings it to the newest form. A commit survives the process's death; the last
 * ones may be lost when the machine's power fails, and are fetched again. Throws `ArchiveUnusableError` (its
 * cause tells whether the file is damaged), `DatabaseLockedError`, `DatabaseTooNewError`.
 */
export function openArchiveDatabase(path: string): Database {
  let db: Database | undefined;
  try {
    // No manager leaves an empty file: a file system that lost power does.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.size === 0) throw new DamagedError("it is empty");
    db = openNewArchive(path);
    requireSoundArchive(db, path);
    // From here on a write that has to wait holds up every candle; it is tried again later.
    db.run(`PRAGMA busy_timeout = ${WRITE_BUSY_MS_MAX}`);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof KumbhError) throw cause;
    if (isLock(cause)) throw new DatabaseLockedError(path, cause);
    throw new ArchiveUnusableError(path, cause);
  }
}

/** The same without a look at what stands in it. Throws SQLite's errors, and `DatabaseTooNewError`. */
export function openNewArchive(path: string): Database {
  const db = new Database(path, { create: true, strict: true });
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
    db.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = NORMAL");
    migrate(db, path, MIGRATIONS);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Reads every page of an archive of usual size, 1 ms a megabyte; of a larger one not the candles. */
function requireSoundArchive(db: Database, path: string): void {
  if (statSync(path).size <= WHOLE_CHECK_BYTES_MAX) requireSound(db);
  else for (const table of SMALL_TABLES) requireSoundTable(db, table);
}

/**
 * The archive as it is now, whatever is written meanwhile: for a reader that takes its time. Closing it
 * ends the view.
 */
export function openArchiveView(path: string): Database {
  try {
    const db = new Database(path, { readonly: true, strict: true });
    db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
    db.run(`PRAGMA mmap_size = ${VIEW_MAP_BYTES}`);
    db.run("BEGIN");
    // The view begins with the first reading.
    db.query("SELECT count(*) FROM series").get();
    return db;
  } catch (cause) {
    throw new ArchiveUnusableError(path, cause);
  }
}
