import { expect, test } from "bun:test";
import { openDatabase } from "#manager/store/database.ts";
import { RunStore } from "#manager/store/run-store.ts";

test("a run without an end is left over, with the process it was", () => {
  const runs = new RunStore(openDatabase(":memory:"));
  runs.began("btc", 1, { pid: 10, startTicks: 100 }, 1);
  runs.began("btc", 2, { pid: 11, startTicks: 200 }, 2);
  runs.ended("btc", 1, { cause: { kind: "own" }, code: 1, signal: null }, 3);
  expect(runs.leftOver()).toEqual([{ strategy: "btc", run: 2, pid: 11, startTicks: 200 }]);
  expect(runs.newest("btc", 10).map(({ run, reason }) => [run, reason])).toEqual([
    [2, null],
    [1, "exited with code 1"],
  ]);
});

test("only the newest hundred runs of a strategy are kept", () => {
  const runs = new RunStore(openDatabase(":memory:"));
  for (let run = 1; run <= 250; run++) runs.began("btc", run, { pid: run, startTicks: run }, run);
  const kept = runs.newest("btc", 1000);
  expect(kept.length).toBe(100);
  expect(kept[0]?.run).toBe(250);
});
