import { expect, test } from "bun:test";
import { openDatabase } from "#manager/store/database.ts";
import { ManagerStore } from "#manager/store/manager-store.ts";

test("a manager that ended without a word is named to the next, one that said so is not", () => {
  const db = openDatabase(":memory:");
  expect(new ManagerStore(db).began(10)).toBeUndefined();
  expect(new ManagerStore(db).began(11)).toBe(10);
  const last = new ManagerStore(db);
  last.began(12);
  last.stopped(5);
  expect(new ManagerStore(db).began(13)).toBeUndefined();
});

test("the next manager begins above every nonce that may have been given out", () => {
  const db = openDatabase(":memory:");
  const first = new ManagerStore(db);
  for (let nonce = 1_000_000; nonce < 1_003_500; nonce++) first.reserveNonce("0xa", nonce);
  const floor = new ManagerStore(db).nonceFloors().get("0xa");
  expect(floor).toBeGreaterThan(1_003_499);
});

test("only a manager that a person ended is remembered as such, until the next begins", () => {
  const managers = new ManagerStore(openDatabase(":memory:"));
  expect(managers.wasDownAsked()).toBe(false);
  managers.began(10);
  managers.stopped(5);
  expect(managers.wasDownAsked()).toBe(false);
  managers.began(11);
  managers.downAsked();
  managers.stopped(6);
  expect(managers.wasDownAsked()).toBe(true);
  managers.began(12);
  expect(managers.wasDownAsked()).toBe(false);
});

test("the next manager knows what was spent, and how long ago", () => {
  const db = openDatabase(":memory:");
  const managers = new ManagerStore(db);
  expect(managers.spent(1000)).toBeNull();
  managers.keepSpent(100, 1000);
  managers.keepSpent(230, 5000);
  expect(new ManagerStore(db).spent(9000)).toEqual({ weight: 230, agoMs: 4000 });
  expect(new ManagerStore(db).spent(2000)).toEqual({ weight: 230, agoMs: 0 });
});
