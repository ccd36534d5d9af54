import { describe, expect, test } from "bun:test";
import {
  WAITING_MAX,
  WEIGHT_PER_MINUTE,
  WeightBudget,
  WINDOW_MS,
} from "#manager/market/weight-budget.ts";
import { Priority } from "#shared/child-message.ts";
import { seededRandom } from "#shared/random.ts";

const budgetWith = (...asks: readonly [string, number, Priority][]) => {
  const budget = new WeightBudget<string>();
  for (const [name, weight, priority] of asks) budget.ask(name, weight, priority);
  return budget;
};

describe("order", () => {
  test("the urgent first, then a little of what waits long, equals in the order in which they came", () => {
    const budget = budgetWith(
      ["a1", 20, "archive"],
      ["w1", 20, "warmup"],
      ["o1", 1, "order"],
      ["q1", 2, "query"],
      ["c1", 1, "cancel"],
      ["o2", 1, "order"],
    );
    expect(budget.grant(0)).toEqual(["c1", "o1", "o2", "w1", "a1", "q1"]);
    expect(budget.waiting).toBe(0);
  });

  test("of warm-ups and the archive no more goes before a query than each is owed a minute", () => {
    const budget = budgetWith(["w1", 290, "warmup"], ["w2", 104, "warmup"], ["a1", 104, "archive"]);
    expect(budget.grant(0)).toEqual(["w1", "w2", "a1"]);
    budget.ask("w3", 21, "warmup");
    budget.ask("a2", 21, "archive");
    budget.ask("q1", 21, "query");
    expect(budget.grant(1)).toEqual(["q1", "w3", "a2"]);
  });

  test("warm-ups leave a reserve that queries and orders can use, and none cuts in", () => {
    const budget = budgetWith(["w1", 790, "warmup"], ["w2", 20, "warmup"], ["w3", 2, "warmup"]);
    expect(budget.grant(0)).toEqual(["w1"]);
    budget.ask("q1", 200, "query");
    budget.ask("q2", 100, "query");
    budget.ask("o1", 150, "order");
    budget.ask("c1", 50, "cancel");
    expect(budget.grant(1)).toEqual(["c1", "o1"]);
    expect(budget.nextGrantAtMs(1)).toBe(WINDOW_MS);
    expect(budget.grant(WINDOW_MS)).toEqual(["w2", "w3", "q1", "q2"]);
  });

  test("a request heavier than its share goes when nothing else was spent", () => {
    const budget = budgetWith(["q", 1, "query"]);
    expect(budget.grant(0)).toEqual(["q"]);
    budget.ask("w", WEIGHT_PER_MINUTE, "warmup");
    expect(budget.nextGrantAtMs(0)).toBe(WINDOW_MS);
    expect(budget.grant(WINDOW_MS)).toEqual(["w"]);
  });

  test("the queue has an end", () => {
    const budget = new WeightBudget<number>();
    for (let count = 0; count < WAITING_MAX; count++) budget.ask(count, 1, "warmup");
    expect(budget.ask(-1, 1, "cancel")).toBe(false);
    expect(budget.clear()).toHaveLength(WAITING_MAX);
    expect(budget.ask(-1, 1, "cancel")).toBe(true);
  });
});

test("what a request did not cost after all can be spent again, and its own is forgotten in its time", () => {
  const budget = budgetWith(["q1", 120, "query"], ["q2", 880, "query"]);
  expect(budget.grant(0)).toEqual(["q1", "q2"]);
  budget.ask("q3", 90, "query");
  expect(budget.grant(1)).toEqual([]);
  budget.costed("q1", 21);
  expect(budget.used(1)).toBe(901);
  expect(budget.grant(1)).toEqual(["q3"]);
  // More than was granted, or of what was not granted at all: nothing to give back.
  budget.costed("q3", 200);
  budget.costed("q4", 1);
  expect(budget.used(1)).toBe(991);
  expect(budget.used(WINDOW_MS)).toBe(90);
  expect(budget.used(WINDOW_MS + 1)).toBe(0);
});

test("a 429 begins a pause, longer each time that it was not enough", () => {
  const budget = new WeightBudget<string>();
  let nowMs = 0;
  for (const pauseMs of [1000, 2000, 4000]) {
    expect(budget.refused(nowMs)).toBe(pauseMs);
    // What was sent before the pause is answered in it.
    expect(budget.refused(nowMs + 1)).toBeUndefined();
    expect(budget.view(nowMs + 1).pausedUntilMs).toBe(nowMs + pauseMs);
    budget.ask("q", 1, "query");
    expect(budget.nextGrantAtMs(nowMs)).toBe(nowMs + pauseMs);
    expect(budget.clear()).toEqual(["q"]);
    nowMs += pauseMs;
  }
  budget.accepted();
  expect(budget.refused(nowMs)).toBe(1000);
  expect(budget.refused(nowMs + 1000)).toBe(2000);
  // A pause that is long over says nothing about the next.
  expect(budget.refused(nowMs + 3000 + WINDOW_MS)).toBe(1000);
});

test("after an exchange that refused everything for so long, nobody waits longer than that and a second, and 30 s", () => {
  for (let refusesMs = 0; refusesMs <= 300_000; refusesMs += 500) {
    const budget = new WeightBudget<string>();
    let nowMs = 0;
    while (nowMs <= refusesMs) nowMs += budget.refused(nowMs) ?? 0;
    expect(nowMs - refusesMs).toBeLessThanOrEqual(Math.min(refusesMs + 1000, 30_000));
  }
});

test("a pause holds back what is not urgent, and shows who waits", () => {
  const budget = new WeightBudget<string>();
  budget.refused(0);
  budget.ask("o", 1, "order");
  budget.ask("w", 1, "warmup");
  expect(budget.grant(0)).toEqual(["o"]);
  expect(budget.view(0)).toEqual({
    usedWeight: 1,
    limitWeight: WEIGHT_PER_MINUTE,
    waiting: { cancel: 0, order: 0, query: 0, warmup: 1, archive: 0 },
    pausedUntilMs: 1000,
  });
  expect(budget.grant(1000)).toEqual(["w"]);
  expect(budget.view(1000).pausedUntilMs).toBeNull();
});

test("300 seeds: no minute holds more than the budget, nothing urgent waits behind the rest, all come", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const budget = new WeightBudget<{ weight: number; priority: Priority; id: number }>();
    const granted: { atMs: number; weight: number }[] = [];
    const waiting = new Map<number, Priority>();
    let nowMs = 0;
    for (let id = 0; id < 60; id++) {
      const priority = Priority.options[Math.floor(random() * 4)] ?? "query";
      const weight = 1 + Math.floor(random() ** 3 * 400);
      budget.ask({ weight, priority, id }, weight, priority);
      waiting.set(id, priority);
      if (random() < 0.5) grantAll();
      nowMs += random() * 2000;
    }
    for (let turn = 0; budget.waiting > 0; turn++) {
      expect({ seed, turn }).toEqual({ seed, turn: Math.min(turn, 200) });
      nowMs = Math.max(nowMs, budget.nextGrantAtMs(nowMs) ?? nowMs);
      grantAll();
    }
    expect(waiting.size).toBe(0);

    function grantAll() {
      for (const { weight, priority, id } of budget.grant(nowMs)) {
        waiting.delete(id);
        granted.push({ atMs: nowMs, weight });
        const rank = Priority.options.indexOf(priority);
        // A warm-up may be owed some of the minute before a query.
        const passed = [...waiting.values()].filter(
          (other) => other !== "query" && Priority.options.indexOf(other) < rank,
        );
        expect({ seed, passed }).toEqual({ seed, passed: [] });
      }
      const inWindow = granted
        .filter(({ atMs }) => atMs > nowMs - WINDOW_MS)
        .reduce((sum, { weight }) => sum + weight, 0);
      expect({ seed, over: inWindow > WEIGHT_PER_MINUTE }).toEqual({ seed, over: false });
      expect(budget.used(nowMs)).toBe(inWindow);
    }
  }
});
