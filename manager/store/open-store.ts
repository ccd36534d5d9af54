/** Opening the manager's store: the database of a home, sound, or made sound again. */
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { DatabaseUnusableError, openDatabase } from "#manager/store/database.ts";
import { FleetCopy } from "#manager/store/fleet-copy.ts";
import { Registry } from "#manager/store/registry.ts";
import { isDamage, type Salvaged, salvage } from "#manager/store/salvage.ts";
import type { UnixMs } from "#shared/clock.ts";
import { KumbhError } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import type { Log } from "#shared/log.ts";
import type { Home } from "#shared/paths.ts";

export interface OpenedStore {
  readonly db: Database;
  readonly registry: Registry;
  /** What is to be told, once there is somebody to tell; undefined when the database was sound. */
  readonly salvaged: EventBody | undefined;
}

/**
 * Throws `DatabaseUnusableError`, `DatabaseLockedError` or `DatabaseTooNewError`. One that is damaged is set
 * aside and its fleet goes on with what can be read of it, and of the copy beside it.
 */
export function openStore(home: Home, log: Log, nowMs: UnixMs): OpenedStore {
  const copy = new FleetCopy(home.fleetCopy, log);
  const onChange = (registry: Registry) => copy.writeSoon(() => registry.all());
  const wasThere = existsSync(home.database);
  try {
    const db = openDatabase(home.database);
    const isEmptied = wasThere && isBlank(db) && copy.read().length > 0;
    if (!isEmptied) return { db, registry: new Registry(db, onChange), salvaged: undefined };
    db.close();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isDamage(cause)) throw error;
  }
  // Read first: from here on every change writes it anew.
  const copied = copy.read();
  const { db, asidePath, rows } = salvageOf(home.database, nowMs);
  const registry = new Registry(db, onChange);
  const known = new Set(registry.all().map(({ name }) => name));
  const fromCopy = copied.filter(({ name }) => !known.has(name));
  for (const { desired, ...definition } of fromCopy) {
    registry.put(definition, nowMs);
    registry.setDesired(definition.name, desired);
  }
  const strategies = known.size + fromCopy.length;
  log.error("kumbh.db was damaged", { aside: asidePath, rows, strategies });
  return { db, registry, salvaged: { kind: "database_salvaged", asidePath, rows, strategies } };
}

/**
 * Nothing was ever written into it, which no manager leaves behind: a file system that lost power may have cut
 * the file to nothing. (One that is not there at all was moved away by a person who wants an empty fleet.)
 */
function isBlank(db: Database): boolean {
  const row = db
    .query<{ n: number }, []>(
      "SELECT (SELECT count(*) FROM strategies) + (SELECT count(*) FROM events) AS n",
    )
    .get();
  return row?.n === 0;
}

function salvageOf(path: string, nowMs: UnixMs): Salvaged {
  try {
    return salvage(path, nowMs);
  } catch (cause) {
    throw cause instanceof KumbhError ? cause : new DatabaseUnusableError(path, cause);
  }
}
