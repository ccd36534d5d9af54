/** Opening the manager's store: the database of a home, sound, or made sound again. */
import type { Database } from "bun:sqlite";
import { openDatabase } from "#manager/store/database.ts";
import { FleetCopy } from "#manager/store/fleet-copy.ts";
import { Registry } from "#manager/store/registry.ts";
import { isDamage, salvage } from "#manager/store/salvage.ts";
import type { UnixMs } from "#shared/clock.ts";
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
  try {
    const db = openDatabase(home.database);
    return { db, registry: new Registry(db, onChange), salvaged: undefined };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isDamage(cause)) throw error;
  }
  // Read first: from here on every change writes it anew.
  const copied = copy.read();
  const { db, asidePath, rows } = salvage(home.database, nowMs);
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
