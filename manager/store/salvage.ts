/**
 * A damaged `kumbh.db` is set aside, never deleted, and all that can be read of it goes into a new one:
 * table by table, from both ends up to the damage.
 */
import { Database, SQLiteError, type SQLQueryBindings } from "bun:sqlite";
import { existsSync, renameSync } from "node:fs";
import { z } from "zod";
import { DamagedError, openNew } from "#manager/store/database.ts";
import { Registry } from "#manager/store/registry.ts";
import type { UnixMs } from "#shared/clock.ts";

export interface Salvaged {
  readonly db: Database;
  /** Where the damaged one lies now. */
  readonly asidePath: string;
  /** Rows that could be read. */
  readonly rows: number;
}

const DAMAGED: readonly string[] = ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CORRUPT_INDEX"];

/** Whether an error of SQLite says that the file itself is damaged. */
export const isDamage = (error: unknown): boolean =>
  error instanceof DamagedError ||
  (error instanceof SQLiteError && error.code !== undefined && DAMAGED.includes(error.code));

/** `path` is a database that is damaged and that nobody has open. Throws what opening a new one throws. */
export function salvage(path: string, nowMs: UnixMs): Salvaged {
  const asidePath = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(":", "-")}`;
  for (const ending of ["", "-wal", "-shm"]) {
    if (existsSync(`${path}${ending}`)) renameSync(`${path}${ending}`, `${asidePath}${ending}`);
  }
  const db = openNew(path);
  const rows = copyAll(asidePath, db);
  dropUnreadable(db);
  return { db, asidePath, rows };
}

const Named = z.object({ name: z.string() });

function copyAll(from: string, to: Database): number {
  const tables = to
    .query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map((row) => Named.parse(row).name);
  let rows = 0;
  for (const table of tables) {
    // The second way begins behind the damage; tables without a rowid have no second way.
    for (const order of ["", "ORDER BY rowid DESC"]) {
      rows += copyUntilDamage(from, to, table, order);
    }
  }
  return rows;
}

/** Rows that were new. A connection of its own each time: one that met the damage may not go on. */
function copyUntilDamage(from: string, to: Database, table: string, order: string): number {
  const columns = to
    .query(`PRAGMA table_info(${table})`)
    .all()
    .map((row) => Named.parse(row).name);
  const places = columns.map(() => "?").join(", ");
  const insert = to.query(
    `INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
  );
  let rows = 0;
  try {
    using source = new Database(from, { readonly: true });
    const read = source.query<Record<string, SQLQueryBindings>, []>(
      `SELECT * FROM ${table} ${order}`,
    );
    for (const row of read.iterate()) {
      rows += insert.run(...columns.map((column) => row[column] ?? null)).changes;
    }
  } catch (error) {
    // Up to here it could be read. Anything but SQLite's word on the file is a fault of ours.
    if (!(error instanceof SQLiteError)) throw error;
  }
  return rows;
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
