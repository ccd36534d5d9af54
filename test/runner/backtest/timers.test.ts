import { expect, test } from "bun:test";
import { SimulatedTimers } from "#runner/backtest/timers.ts";

/** Timers with a clock that the test sets, and what fired. */
function stage() {
  const clock = { nowMs: 0 };
  const fired: string[] = [];
  const timers = new SimulatedTimers(() => clock.nowMs);
  const at = (nowMs: number): string[] => {
    clock.nowMs = nowMs;
    fired.length = 0;
    timers.fireDue();
    return [...fired];
  };
  const set = (name: string, delayMs: number, repeats = false): number =>
    timers.set(delayMs, () => fired.push(name), repeats);
  return { timers, at, set, fired };
}

test("a timer fires once, at the first moment that is not before it, the earliest first", () => {
  const { at, set, timers } = stage();
  set("late", 30);
  set("early", 10);
  set("also late", 30);
  expect(at(9)).toEqual([]);
  expect(at(60)).toEqual(["early", "late", "also late"]);
  expect(at(1000)).toEqual([]);
  expect(timers.count).toBe(0);
});

test("one that repeats fires once however often its time has come, and keeps its beat", () => {
  const { at, set } = stage();
  set("beat", 10, true);
  expect([at(10), at(15), at(47), at(49), at(50)]).toEqual([["beat"], [], ["beat"], [], ["beat"]]);
});

test("a cleared one does not fire, not even when one that fires with it clears it", () => {
  const { at, set, timers, fired } = stage();
  timers.clear(set("cleared", 5));
  const ids = { victim: 0 };
  timers.set(5, () => {
    fired.push("killer");
    timers.clear(ids.victim);
  });
  ids.victim = set("victim", 6);
  expect(at(10)).toEqual(["killer"]);
});

test("one that is set while others fire waits for the next moment", () => {
  const { at, set, timers } = stage();
  timers.set(5, () => set("second", 0));
  expect(at(5)).toEqual([]);
  expect(at(6)).toEqual(["second"]);
});

test("the earliest can be had before its time, for a hook that waits for it", () => {
  const { timers, set, fired } = stage();
  set("later", 500);
  set("sooner", 100);
  timers.fireNext();
  expect(fired).toEqual(["sooner"]);
});

test("a delay that is none is the shortest", () => {
  const { at, set } = stage();
  set("not a number", Number.NaN);
  set("endless", Number.POSITIVE_INFINITY);
  set("negative", -5);
  expect([at(0), at(1)]).toEqual([[], ["not a number", "endless", "negative"]]);
});
