import { describe, expect, test } from "bun:test";
import { canonicalJson, runCardOf } from "#runner/backtest/run-card.ts";
import { contextOf } from "#test/support/backtest-report.ts";
import { randomRecord } from "#test/support/backtest-run.ts";

const FACTS = contextOf(randomRecord({ seed: 1, steps: 5 }));
const CARD = runCardOf(FACTS);

describe("a run card", () => {
  test("does not depend on the order of keys", () => {
    const { coin, ...rest } = FACTS.params;
    expect(runCardOf({ ...FACTS, params: { ...rest, coin } })).toEqual(CARD);
  });

  const others = {
    code: { code: `${FACTS.code.slice(0, 16)}another end` },
    params: { params: { ...FACTS.params, fast: 11 } },
    data: { snapshot: { ...FACTS.snapshot, hash: "another market" } },
    settings: { settings: { ...FACTS.settings, slippageBps: 2 } },
    seed: { settings: { ...FACTS.settings, seed: 2 } },
    version: { version: "0.2.0" },
  };
  test.each(Object.entries(others))("is another one with another %s", (_, change) => {
    expect(runCardOf({ ...FACTS, ...change }).hash).not.toBe(CARD.hash);
  });

  test("does not depend on when it ran or what the range is called", () => {
    expect(runCardOf({ ...FACTS, snapshot: { ...FACTS.snapshot, fromMs: 1 } })).toEqual(CARD);
  });

  test("has hashes that a person can read aloud", () => {
    const { hash, code, params, data, settings } = CARD;
    for (const each of [hash, code, params, data, settings]) expect(each).toMatch(/^[0-9a-f]{16}$/);
  });
});

test("canonical JSON sorts keys at every depth and leaves lists as they are", () => {
  const value = { b: [{ d: 1, c: 2 }, 3], a: { y: null, x: "" } };
  expect(canonicalJson(value)).toBe('{"a":{"x":"","y":null},"b":[{"c":2,"d":1},3]}');
});
