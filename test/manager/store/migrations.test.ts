import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { DatabaseUnusableError, openDatabase } from "#manager/store/database.ts";
import { DatabaseTooNewError } from "#manager/store/migrations.ts";
import { tempFolder } from "#test/support/temp-home.ts";

test("a database of a newer kumbh is left alone, and said to be one", () => {
  using folder = tempFolder();
  const path = join(folder.path, "kumbh.db");
  const newer = new Database(path);
  newer.run("PRAGMA user_version = 99");
  newer.close();
  expect(() => openDatabase(path)).toThrow(DatabaseTooNewError);
});

test("a file that is no database is named", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "kumbh.db");
  await Bun.write(path, "this is no database, but long enough to be looked at as one".repeat(20));
  expect(() => openDatabase(path)).toThrow(DatabaseUnusableError);
});

test("opening twice changes nothing", () => {
  using folder = tempFolder();
  const path = join(folder.path, "kumbh.db");
  openDatabase(path).close();
  const tables = openDatabase(path)
    .query("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all();
  expect(tables.length).toBeGreaterThan(5);
});
