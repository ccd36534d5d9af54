import { expect, test } from "bun:test";
import { BacktestStore, type NewBacktest } from "#manager/store/backtest-store.ts";
import { openDatabase } from "#manager/store/database.ts";

const ONE: NewBacktest = {
  ranAt: 1,
  name: "sma",
  version: "1.0.0",
  hash: "0123456789abcdef",
  from: 2,
  to: 3,
  finalEquity: 4.5,
  returnRatio: 0.1,
  maxDrawdownRatio: 0.2,
  sharpe: null,
  trades: 6,
};

test("what is added is told newest first, and an id is never given again", () => {
  using db = openDatabase(":memory:");
  const store = new BacktestStore(db);
  const kept: number[] = [];
  const add = () => store.add(ONE, (id) => kept.push(id));
  expect([add(), add()]).toEqual([1, 2]);
  expect(kept).toEqual([1, 2]);
  store.remove(2);
  expect(store.has(2)).toBe(false);
  expect(add()).toBe(3);
  expect(store.all()).toEqual([
    { id: 3, ...ONE },
    { id: 1, ...ONE },
  ]);
  expect(store.ids()).toEqual([1, 3]);
});

test("one whose files could not be kept was never written", () => {
  using db = openDatabase(":memory:");
  const store = new BacktestStore(db);
  const full = () =>
    store.add(ONE, () => {
      throw new Error("no space left");
    });
  expect(full).toThrow("no space left");
  expect(store.all()).toEqual([]);
});
