/** Opening `kumbh.db`: settings that every connection of ours has. */
import { Database, SQLiteError } from "bun:sqlite";
import { migrate } from "#manager/store/migrations.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";

/** Longest wait for another connection's lock, in ms. */
const BUSY_MS_MAX = 5000;

export class DatabaseUnusableError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super(
      "database_unusable",
      `cannot use ${path}: ${messageOf(cause)}`,
      "check the disk and the file; move it away to begin with an empty fleet",
      { cause },
    );
  }
}

export class DatabaseLockedError extends KumbhError {
  constructor(path: string, cause: unknown) {
    super(
      "database_locked",
      `another program holds ${path} locked`,
      `end it and try again: \`fuser ${path}\` names it`,
      { cause },
    );
  }
}

/**
 * Opens the database and brings it to the newest form. A commit survives the process's death; the last
 * ones may be lost when the machine's power fails (`synchronous = NORMAL`, 25 times as quick as FULL).
 */
export function openDatabase(path: string): Database {
  let db: Database | undefined;
  try {
    db = openNew(path);
    requireSound(db);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof KumbhError) throw cause;
    throw isLock(cause)
      ? new DatabaseLockedError(path, cause)
      : new DatabaseUnusableError(path, cause);
  }
}

/** Whether an error of SQLite says that another connection holds the file. */
export const isLock = (error: unknown): boolean =>
  error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY") === true;

/** The same without a look at what stands in it. Throws SQLite's errors, and `DatabaseTooNewError`. */
export function openNew(path: string): Database {
  const db = new Database(path, { create: true, strict: true });
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = NORMAL");
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Reads every page once (1 ms a megabyte), so that damage is found now and not when a strategy's crash is to
 * be written down.
 */
export function requireSound(db: Database): void {
  requireAnswer(db, "PRAGMA quick_check(1)");
}

/** The same of one table alone. */
export function requireSoundTable(db: Database, table: string): void {
  requireAnswer(db, `PRAGMA quick_check(${table})`);
}

function requireAnswer(db: Database, sql: string): void {
  const answer = db.query<{ quick_check: string }, []>(sql).get();
  if (answer?.quick_check !== "ok") throw new DamagedError(answer?.quick_check ?? "no answer");
}

/** What `quick_check` found. */
export class DamagedError extends Error {}
