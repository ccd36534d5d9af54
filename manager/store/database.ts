/** Opening `kumbh.db`: settings that every connection of ours has. */
import { Database } from "bun:sqlite";
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

/**
 * Opens the database and brings it to the newest form. A commit survives the process's death; the last
 * ones may be lost when the machine's power fails (`synchronous = NORMAL`, 25 times as quick as FULL).
 */
export function openDatabase(path: string): Database {
  try {
    const db = new Database(path, { create: true, strict: true });
    db.run(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = NORMAL");
    migrate(db, path);
    return db;
  } catch (cause) {
    if (cause instanceof KumbhError) throw cause;
    throw new DatabaseUnusableError(path, cause);
  }
}
