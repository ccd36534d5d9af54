/** The manager's home on disk: its folders, and the lock that makes one manager a home. */
import { Database, SQLiteError } from "bun:sqlite";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FolderNotWritableError, KumbhError } from "#shared/errors.ts";
import { type Home, paperDatabase } from "#shared/paths.ts";

/** Only the owner. */
const FOLDER_MODE = 0o700;

export class AlreadyRunningError extends KumbhError {
  constructor(home: string) {
    super(
      "already_running",
      `another manager holds ${home}`,
      "talk to it with `kumbh ls`, end it with `kumbh down`",
    );
  }
}

/** Makes what is missing of the home. Throws `FolderNotWritableError`. */
export function prepareHome(home: Home): void {
  try {
    const { root, strategies, state, backtests, logs, crashes } = home;
    for (const folder of [root, strategies, state, backtests, logs, crashes]) {
      mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    }
  } catch (cause) {
    throw new FolderNotWritableError(home.root, cause);
  }
}

/**
 * Takes the home's lock, held until the process ends, however it ends: an exclusive transaction on a
 * SQLite file, because its lock belongs to the process and the kernel releases it.
 * Throws `AlreadyRunningError`, or `FolderNotWritableError`.
 */
export function lockHome(home: Home): Disposable {
  try {
    const lock = new Database(home.lock, { create: true, strict: true });
    lock.run("PRAGMA busy_timeout = 0");
    lock.run("PRAGMA locking_mode = EXCLUSIVE");
    lock.run("BEGIN EXCLUSIVE");
    return { [Symbol.dispose]: () => lock.close() };
  } catch (cause) {
    const busy = cause instanceof SQLiteError && cause.code === "SQLITE_BUSY";
    if (busy) throw new AlreadyRunningError(home.root);
    throw new FolderNotWritableError(home.root, cause);
  }
}

/** Deletes a strategy's own database and its account on paper. */
export function removeDatabases(home: Home, name: string): void {
  for (const database of [join(home.state, `${name}.db`), paperDatabase(home, name)]) {
    for (const ending of ["", "-wal", "-shm"]) rmSync(`${database}${ending}`, { force: true });
  }
}
