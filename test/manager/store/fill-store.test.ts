import { expect, test } from "bun:test";
import { join } from "node:path";
import { openDatabase } from "#manager/store/database.ts";
import { FillStore, type OwnedFill } from "#manager/store/fill-store.ts";
import { Registry } from "#manager/store/registry.ts";
import { fillOf } from "#test/support/fills.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const ACCOUNT = { address: "0xa", fetchedUntilMs: 500 };
const owned = (strategy: string | null, tradeId: number, timeMs = tradeId): OwnedFill => ({
  strategy,
  fill: fillOf(strategy, tradeId, timeMs),
});
const ids = (fills: readonly OwnedFill[]) => fills.map(({ fill }) => fill.tradeId);

test("a fill is new once, whatever comes again, also after the database was opened anew", () => {
  using folder = tempFolder();
  const path = join(folder.path, "kumbh.db");
  const first = openDatabase(path);
  expect(ids(new FillStore(first).record(ACCOUNT, [owned("a", 1), owned("a", 2)], 0))).toEqual([
    1, 2,
  ]);
  first.close();
  const store = new FillStore(openDatabase(path));
  expect(ids(store.record(ACCOUNT, [owned("a", 2), owned("b", 3), owned("b", 3)], 0))).toEqual([3]);
  expect(store.waiting("a")).toMatchObject([owned("a", 1), owned("a", 2)]);
});

test("an id that the exchange uses again, at another time or for another order, is another fill", () => {
  const store = new FillStore(openDatabase(":memory:"));
  const one = owned("a", 1);
  const sold: OwnedFill = { strategy: "b", fill: { ...one.fill, side: "sell", orderId: 77 } };
  const coin: OwnedFill = { strategy: "a", fill: { ...one.fill, coin: "ETH" } };
  const all = [one, owned("a", 1, 50), sold, coin];
  expect(store.record(ACCOUNT, all, 0)).toHaveLength(4);
  expect(store.record({ ...ACCOUNT, address: "0xb" }, [one], 0)).toHaveLength(1);
});

test("what waits is told in order of time, until it is handled", () => {
  const store = new FillStore(openDatabase(":memory:"));
  store.record(ACCOUNT, [owned("a", 9, 20), owned("a", 4, 20), owned("b", 1, 1)], 0);
  store.record(ACCOUNT, [owned("a", 7, 10), owned(null, 2, 2)], 0);
  const waiting = store.waiting("a");
  expect(ids(waiting)).toEqual([7, 4, 9]);
  store.setHandled(waiting[1]?.id ?? 0);
  expect(ids(store.waiting("a"))).toEqual([7, 9]);
  expect(store.newest("a", 2).map(({ tradeId }) => tradeId)).toEqual([9, 4]);
});

test("the account that was watched last is known to the next manager, with how far", () => {
  const store = new FillStore(openDatabase(":memory:"));
  expect(store.lastAccount()).toBeUndefined();
  store.record({ address: "0xa", fetchedUntilMs: 5.5 }, [], 1);
  store.record({ address: "0xb", fetchedUntilMs: 7 }, [], 2);
  expect(store.lastAccount()).toEqual({ address: "0xb", fetchedUntilMs: 7 });
  store.record({ address: "0xa", fetchedUntilMs: 9 }, [], 3);
  expect(store.lastAccount()).toEqual({ address: "0xa", fetchedUntilMs: 9 });
  expect(store.account("0xc")).toBeUndefined();
});

test("the store stays bounded; what waits is never deleted, nor what the exchange still tells", () => {
  const store = new FillStore(openDatabase(":memory:"));
  store.record(ACCOUNT, [owned("slow", 1)], 0);
  for (let block = 0; block < 45; block++) {
    const fills = Array.from({ length: 1000 }, (_, index) => owned(null, 2 + block * 1000 + index));
    store.record(ACCOUNT, fills, 0);
  }
  expect(ids(store.waiting("slow"))).toEqual([1]);
  const told = Array.from({ length: 10_000 }, (_, index) => owned(null, 45_001 - index));
  expect(store.record(ACCOUNT, told, 0)).toEqual([]);
  // One that is so old has been forgotten.
  expect(store.record(ACCOUNT, [owned(null, 2)], 0)).toHaveLength(1);
});

test("fills of a strategy that was removed are out of the way of one of its name", () => {
  const db = openDatabase(":memory:");
  const store = new FillStore(db);
  store.record(ACCOUNT, [owned("a", 1), owned("b", 2)], 0);
  new Registry(db).remove("a");
  expect(store.waiting("a")).toEqual([]);
  expect(store.newest("a", 10)).toEqual([]);
  expect(ids(store.waiting("b"))).toEqual([2]);
  // And they do not come back when the exchange tells of them again.
  expect(store.record(ACCOUNT, [owned("a", 1)], 0)).toEqual([]);
});
