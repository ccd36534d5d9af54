/** Databases that are damaged, locked or lost: what can be read goes on, what cannot is set aside and said. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { prepareHome } from "#manager/home.ts";
import { DatabaseLockedError, openNew } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { openStore } from "#manager/store/open-store.ts";
import type { Definition } from "#manager/store/registry.ts";
import { salvageInto } from "#manager/store/salvage.ts";
import { createLog } from "#shared/log.ts";
import type { Home } from "#shared/paths.ts";
import { seededRandom } from "#shared/random.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { type TempHome, tempHome } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const quiet = createLog(Date.now, () => undefined);
const NAMES = ["a", "b", "c"];
const PAGE_BYTES = 4096;

const definition = (name: string): Definition => ({
  name,
  version: "1.0.0",
  description: "",
  file: `/srv/${name}.ts`,
  hash: "0123456789abcdef",
  params: { coin: "BTC" },
  paramOrigins: {},
  feeds: [],
  settings: SETTINGS_DEFAULT,
});

let settled: TempHome;

/** A home with a fleet of three, two of which are to run, and many events; made once. */
beforeAll(async () => {
  using temp = tempHome();
  prepareHome(temp.home);
  const { db, registry } = openStore(temp.home, quiet, NOW_MS);
  for (const name of NAMES) registry.put(definition(name), NOW_MS);
  registry.setDesired("a", "running");
  registry.setDesired("c", "running");
  const events = new EventStore(db, 100_000);
  db.transaction(() => {
    for (let count = 0; count < 3000; count++) events.append(NOW_MS, "a", { kind: "start_asked" });
  })();
  await untilTrue("the copy is written", () => copyHolds(temp.home, '"running"'));
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  settled = copyOf(temp.home);
});

afterAll(() => settled[Symbol.dispose]());

/** Files that no connection of this process knows: the garbage collector closes them when it likes. */
function copyOf(home: Home): TempHome {
  const fresh = tempHome();
  copyFileSync(home.database, fresh.home.database);
  copyFileSync(home.fleetCopy, fresh.home.fleetCopy);
  return fresh;
}

const settledHome = (): TempHome => copyOf(settled.home);

const copyHolds = (home: Home, text: string): boolean =>
  existsSync(home.fleetCopy) && readFileSync(home.fleetCopy, "utf8").includes(text);

function overwrite(path: string, at: number, bytes: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  closeSync(file);
}

/** Where a page lies that holds events, neither the first nor the last of them. */
function pageOfEvents({ database }: Home): number {
  const file = readFileSync(database);
  const pages: number[] = [];
  for (let at = 0; at < file.length; at += PAGE_BYTES) {
    if (file.subarray(at, at + PAGE_BYTES).includes("start_asked")) pages.push(at);
  }
  const middle = pages[Math.floor(pages.length / 2)];
  if (middle === undefined) throw new Error("no page holds events");
  return middle;
}

const asideIn = (home: Home): string[] =>
  readdirSync(home.root).filter((name) => name.includes(".damaged-"));

describe("a damaged database", () => {
  test("whose header is gone: the fleet comes from its copy", () => {
    using temp = settledHome();
    overwrite(temp.home.database, 0, PAGE_BYTES);
    const { db, registry, salvaged } = openStore(temp.home, quiet, NOW_MS);
    expect(registry.all().map(({ name, desired }) => `${name} ${desired}`)).toEqual([
      "a running",
      "b stopped",
      "c running",
    ]);
    expect(registry.get("a")).toMatchObject(definition("a"));
    expect(salvaged).toMatchObject({ kind: "database_salvaged", strategies: 3, rows: 0 });
    expect(asideIn(temp.home)).toEqual(["kumbh.db.damaged-2026-01-02T03-04-05.000Z"]);
    db.close();
  });

  test("with a hole in its events: what lies before and behind it is there", () => {
    using temp = settledHome();
    overwrite(temp.home.database, pageOfEvents(temp.home), PAGE_BYTES);
    const { db, registry, salvaged } = openStore(temp.home, quiet, NOW_MS);
    expect(salvaged?.kind).toBe("database_salvaged");
    expect(registry.all().length).toBe(3);
    const ids = new EventStore(db, 100_000).newest(5000).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1500);
    expect(ids.length).toBeLessThan(3000);
    expect([ids[0], ids.at(-1)]).toEqual([1, 3000]);
    db.close();
  });

  test("that is cut to nothing: the fleet comes from its copy", () => {
    using temp = settledHome();
    truncateSync(temp.home.database, 0);
    const { db, registry, salvaged } = openStore(temp.home, quiet, NOW_MS);
    expect(registry.all().map(({ name, desired }) => `${name} ${desired}`)).toEqual([
      "a running",
      "b stopped",
      "c running",
    ]);
    expect(salvaged).toMatchObject({ kind: "database_salvaged", strategies: 3 });
    db.close();
  });

  test("that is cut in its midst: what stands before the cut is kept, the rest comes from the copy", () => {
    using temp = settledHome();
    truncateSync(temp.home.database, statSync(temp.home.database).size >> 1);
    const { db, registry, salvaged } = openStore(temp.home, quiet, NOW_MS);
    expect(registry.all().map(({ name }) => name)).toEqual(NAMES);
    expect(salvaged).toMatchObject({ kind: "database_salvaged" });
    expect(new EventStore(db, 100_000).newest(5000).length).toBeGreaterThan(500);
    db.close();
  });

  test("whose salvage finds no room: refused, and it lies where it lay", () => {
    using temp = settledHome();
    overwrite(temp.home.database, 0, PAGE_BYTES);
    const before = readFileSync(temp.home.database);
    const salvageIt = () =>
      salvageInto(temp.home.database, NOW_MS, {
        open: openNew,
        copy: (_, to) => {
          to.run("PRAGMA max_page_count = 1");
          to.run("CREATE TABLE more (a)");
          return 0;
        },
      });
    expect(salvageIt).toThrow("full");
    expect(readFileSync(temp.home.database).equals(before)).toBe(true);
    expect(asideIn(temp.home)).toEqual([]);
  });

  test("of any kind ends in a sound one with the whole fleet, over many seeds", () => {
    for (let seed = 1; seed <= 12; seed++) {
      using temp = settledHome();
      const random = seededRandom(seed);
      const { size } = statSync(temp.home.database);
      for (let hole = 0; hole < 3; hole++) {
        overwrite(temp.home.database, Math.floor(random() * (size - 600)), 600);
      }
      const { db, registry } = openStore(temp.home, quiet, NOW_MS);
      expect(
        registry.all().map(({ name }) => name),
        `seed ${seed}`,
      ).toEqual(NAMES);
      expect(db.query("PRAGMA integrity_check").get(), `seed ${seed}`).toEqual({
        integrity_check: "ok",
      });
      db.close();
    }
  }, 60_000);

  test("and a copy that is none either: an empty fleet, both files kept", () => {
    using temp = settledHome();
    writeFileSync(temp.home.database, "no database at all".repeat(1000));
    writeFileSync(temp.home.fleetCopy, "{");
    const { db, registry, salvaged } = openStore(temp.home, quiet, NOW_MS);
    expect(registry.all()).toEqual([]);
    expect(salvaged).toMatchObject({ strategies: 0 });
    expect(asideIn(temp.home).length).toBe(1);
    db.close();
  });
});

test("a sound database is left as it is, even where the copy says something else", () => {
  using temp = settledHome();
  writeFileSync(temp.home.fleetCopy, "[]");
  const { db, registry, salvaged } = openStore(temp.home, quiet, NOW_MS);
  expect(registry.all().length).toBe(3);
  expect(salvaged).toBeUndefined();
  expect(asideIn(temp.home)).toEqual([]);
  db.close();
});

test("one that another program holds is refused with its name, and not taken for damaged", () => {
  using temp = settledHome();
  using holder = new Database(temp.home.database);
  holder.run("PRAGMA locking_mode = EXCLUSIVE");
  holder.run("BEGIN EXCLUSIVE");
  expect(() => openStore(temp.home, quiet, NOW_MS)).toThrow(DatabaseLockedError);
  expect(asideIn(temp.home)).toEqual([]);
}, 20_000);
