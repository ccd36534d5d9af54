import { expect, test } from "bun:test";
import { join } from "node:path";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { Tolerance } from "#manager/store/tolerance.ts";
import { createLog } from "#shared/log.ts";
import { tempFolder } from "#test/support/temp-home.ts";

test("a full disk is said once, and once that there is room again; what fits between is kept", () => {
  using folder = tempFolder();
  const db = openDatabase(join(folder.path, "kumbh.db"));
  const events = new EventStore(db, 100_000);
  const said: string[] = [];
  const tolerance = new Tolerance(createLog(Date.now, (line) => said.push(line)));
  const append = () => tolerance.write(() => events.append(0, null, { kind: "start_asked" }));
  db.run("PRAGMA max_page_count = 60");
  for (let count = 0; count < 10_000; count++) append();
  expect(said.map((line) => line.replace(/^\S+ /, ""))).toEqual([
    'error what happens cannot be written down problem="database or disk is full"',
  ]);
  db.run("PRAGMA max_page_count = 100000");
  const before = events.newest(20_000).length;
  append();
  append();
  // One that finds room by chance says nothing yet.
  expect(said.length).toBe(1);
  append();
  expect(events.newest(20_000).length).toBe(before + 3);
  expect(said.length).toBe(2);
  expect(said[1]).toContain("written down again");
  db.close();
});

test("a fault of ours is no fault of the disk", () => {
  const tolerance = new Tolerance(createLog(Date.now, () => undefined));
  expect(() =>
    tolerance.write(() => {
      throw new TypeError("ours");
    }),
  ).toThrow(TypeError);
});
