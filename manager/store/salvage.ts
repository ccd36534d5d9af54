/**
 * A damaged database is set aside, never deleted, and all that can be read of it goes into a new one:
 * table by table, from both ends up to the damage.
 */
import { Database, SQLiteError, type SQLQueryBindings } from "bun:sqlite";
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
} from "node:fs";
import { z } from "zod";
import { DamagedError, openNew } from "#manager/store/database.ts";
import { Registry } from "#manager/store/registry.ts";
import type { UnixMs } from "#shared/clock.ts";

export interface Salvaged {
  readonly db: Database;
  /** Where the damaged one lies now. */
  readonly asidePath: string;
  /** What could be read, in rows (of the archive: in candles). */
  readonly rows: number;
}

const DAMAGED: readonly string[] = ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CORRUPT_INDEX"];

/** Whether an error of SQLite says that the file itself is damaged. */
export const isDamage = (error: unknown): boolean =>
  error instanceof DamagedError ||
  (error instanceof SQLiteError && error.code !== undefined && DAMAGED.includes(error.code));

/** `path` is a database that is damaged and that nobody has open. Throws what opening a new one throws. */
export function salvage(path: string, nowMs: UnixMs): Salvaged {
  return salvageInto(path, nowMs, {
    open: openNew,
    copy: (from, to) => {
      const rows = tablesOf(to).reduce((sum, table) => sum + copyRows(from, to, table), 0);
      dropUnreadable(to);
      return rows;
    },
  });
}

export interface Salvage {
  /** Makes the new database, empty. */
  readonly open: (path: string) => Database;
  /** Takes over what can be read; returns how much it was. */
  readonly copy: (from: string, to: Database) => number;
}

/** Sets a damaged database aside; when nothing can come of it (a full disk), it lies where it lay. */
export function salvageInto(path: string, nowMs: UnixMs, { open, copy }: Salvage): Salvaged {
  const asidePath = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(":", "-")}`;
  move(path, asidePath);
  let db: Database | undefined;
  try {
    fillUp(asidePath);
    const fresh = open(path);
    db = fresh;
    // In one piece: a manager that is killed here leaves a blank one, which counts as damaged.
    const rows = fresh.transaction(() => copy(asidePath, fresh)).immediate();
    return { db, asidePath, rows };
  } catch (error) {
    db?.close();
    for (const ending of ENDINGS) rmSync(`${path}${ending}`, { force: true });
    move(asidePath, path);
    throw error;
  }
}

/** A database in WAL mode is three files. */
const ENDINGS = ["", "-wal", "-shm"] as const;

function move(from: string, to: string): void {
  for (const ending of ENDINGS) {
    if (existsSync(`${from}${ending}`)) renameSync(`${from}${ending}`, `${to}${ending}`);
  }
}

/** Where the header says how the file is cut up (sqlite.org/fileformat2, "The Database Header"). */
const HEADER_BYTES = 100;
const PAGE_BYTES_AT = 16;
const PAGES_AT = 28;
/** No database of ours is larger, in bytes: a header that says more is damaged. */
const FILLED_BYTES_MAX = 2 ** 36;

/**
 * SQLite reads nothing of a file that is shorter than its header says. Zeros behind its end, which take no room,
 * make one that was cut readable up to there.
 */
function fillUp(path: string): void {
  using file = openFile(path);
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(file.fd, header, 0, HEADER_BYTES, 0);
  if (!header.toString("latin1").startsWith("SQLite format 3\0")) return;
  const bytes = header.readUInt16BE(PAGE_BYTES_AT) * header.readUInt32BE(PAGES_AT);
  const { size } = fstatSync(file.fd);
  if (bytes > size && bytes <= FILLED_BYTES_MAX) ftruncateSync(file.fd, bytes);
}

function openFile(path: string): Disposable & { readonly fd: number } {
  const fd = openSync(path, "r+");
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}

const Named = z.object({ name: z.string() });

const tablesOf = (db: Database): string[] =>
  db
    .query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map((row) => Named.parse(row).name);

/** Copies the rows of one table that can be read and that fit; returns how many were new. */
export function copyRows(from: string, to: Database, table: string): number {
  const columns = to
    .query(`PRAGMA table_info(${table})`)
    .all()
    .map((row) => Named.parse(row).name);
  const places = columns.map(() => "?").join(", ");
  const insert = to.query(
    `INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
  );
  let rows = 0;
  // The second way begins behind the damage; tables without a rowid have no second way.
  for (const order of ["", "ORDER BY rowid DESC"]) {
    for (const row of readable(from, `SELECT * FROM ${table} ${order}`)) {
      rows += insertFitting(() => insert.run(...columns.map((column) => row[column] ?? null)));
    }
  }
  return rows;
}

/** Rows up to the damage. A connection of its own each time: one that met the damage may not go on. */
function* readable(path: string, sql: string): Generator<Record<string, SQLQueryBindings>> {
  try {
    using source = new Database(path, { readonly: true });
    yield* source.query<Record<string, SQLQueryBindings>, []>(sql).iterate();
  } catch (error) {
    // Up to here it could be read. Anything but SQLite's word on the file is a fault of ours.
    if (!(error instanceof SQLiteError)) throw error;
  }
}

/** A row that is garbage does not fit its table, and is left out; a full disk is thrown. */
function insertFitting(insert: () => { readonly changes: number }): number {
  try {
    return insert().changes;
  } catch (error) {
    if (error instanceof SQLiteError && error.code?.startsWith("SQLITE_CONSTRAINT") === true) {
      return 0;
    }
    throw error;
  }
}

/** A row may have come back whole and hold garbage: the fleet must not be kept from starting by it. */
function dropUnreadable(db: Database): void {
  const registry = new Registry(db);
  for (const row of db.query("SELECT name FROM strategies").all()) {
    const { name } = Named.parse(row);
    try {
      registry.get(name);
    } catch {
      registry.remove(name);
    }
  }
}
