/** A disk that takes nothing: what runs goes on, what crashed comes back with the disk, and it is said once. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { Registry } from "#manager/store/registry.ts";
import { RunStore } from "#manager/store/run-store.ts";
import { Journal } from "#manager/supervisor/journal.ts";
import { createLog } from "#shared/log.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { QUICK, supervise } from "#test/support/supervised.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

test("a strategy runs on without a disk; one that crashed is back when there is one", async () => {
  await using world = supervise();
  const patient = { ...QUICK, restart: { ...QUICK.restart, maxFailures: 1000 } };
  world.start("steady", "good", patient);
  world.start("crashed", "good", patient);
  const steady = await world.untilState("steady", "running");
  const { pid } = await world.untilState("crashed", "running");
  world.db.run("PRAGMA query_only = ON");
  process.kill(pid ?? 0, "SIGKILL");
  await untilTrue("its restart fails", () => world.view("crashed").failures > 2);
  expect(world.view("steady")).toMatchObject({ state: "running", pid: steady.pid });
  world.db.run("PRAGMA query_only = OFF");
  await untilTrue("it is back", () => world.view("crashed").state === "running");
  expect(world.view("crashed").pid).not.toBe(pid);
  const told = (text: string): number => world.said.filter((line) => line.includes(text)).length;
  expect(told("cannot be written down")).toBe(1);
  expect(told("written down again")).toBe(1);
});

const candle = (coin: string, closeTime: number) => ({
  coin,
  timeframe: "1m" as const,
  openTime: closeTime - 60_000,
  closeTime,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 1,
  trades: 1,
});

function openJournal() {
  const folder = tempFolder();
  const db = openDatabase(join(folder.path, "kumbh.db"));
  const registry = new Registry(db);
  const clock = new FakeClock();
  const log = createLog(Date.now, () => undefined);
  const stores = { registry, runs: new RunStore(db), events: new EventStore(db, 1000) };
  return {
    db,
    registry,
    clock,
    journal: new Journal({ ...stores, clock, log }),
    [Symbol.dispose]() {
      db.close();
      folder[Symbol.dispose]();
    },
  };
}

test("what a fleet has handled is written together soon, and before the end of a run is", () => {
  using desk = openJournal();
  const { journal, registry, clock } = desk;
  journal.handled("a", [candle("BTC", 60_000), candle("ETH", 60_000)]);
  journal.handled("a", [candle("BTC", 120_000)]);
  journal.handled("b", [candle("BTC", 120_000)]);
  expect(registry.handledUntil("a").size).toBe(0);
  clock.advance(25);
  expect(Object.fromEntries(registry.handledUntil("a"))).toEqual({
    "BTC 1m": 120_000,
    "ETH 1m": 60_000,
  });
  expect(Object.fromEntries(registry.handledUntil("b"))).toEqual({ "BTC 1m": 120_000 });
  journal.handled("b", [candle("BTC", 180_000)]);
  const exit = { cause: { kind: "own" }, code: 1, signal: null } as const;
  journal.ended("b", 1, exit, null);
  expect(Object.fromEntries(registry.handledUntil("b"))).toEqual({ "BTC 1m": 180_000 });
});

test("what the disk does not take waits, and is written when it does", () => {
  using desk = openJournal();
  const { journal, registry, clock, db } = desk;
  db.run("PRAGMA query_only = ON");
  journal.handled("a", [candle("BTC", 60_000)]);
  clock.advance(25);
  db.run("PRAGMA query_only = OFF");
  journal.flush();
  expect(Object.fromEntries(registry.handledUntil("a"))).toEqual({ "BTC 1m": 60_000 });
});
