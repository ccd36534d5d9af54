import { describe, expect, test } from "bun:test";
import { readSortKey, readStates, selectStrategies } from "#cli/selection.ts";
import { FLEET, RUNNING } from "#test/support/fleet-fixtures.ts";
import { str, table } from "#test/support/table.ts";

const cases = table(
  { words: str, are: str },
  `
  words                | are
  all                  | btc-trend eth-breakout crasher sol-grid
  btc-trend            | btc-trend
  sol-grid btc-trend   | btc-trend sol-grid
  *-*                  | btc-trend eth-breakout sol-grid
  {btc,sol}-*          | btc-trend sol-grid
  c????er              | crasher
  running              | btc-trend eth-breakout
  stopped backoff      | crasher sol-grid
  btc-* running        | btc-trend eth-breakout
`,
);

test.each(cases)("$words means $are", ({ words, are }) => {
  const chosen = selectStrategies(FLEET.strategies, words.split(" "));
  expect(chosen.map(({ name }) => name).join(" ")).toBe(are);
});

describe("a word", () => {
  test("that is missing means all, a pattern may mean none", () => {
    expect(selectStrategies(FLEET.strategies, [])).toEqual(FLEET.strategies);
    expect(selectStrategies(FLEET.strategies, ["doge-*"])).toEqual([]);
  });

  test("that is a name means that one, though it be a state", () => {
    const named = { ...RUNNING, name: "stopped" };
    expect(selectStrategies([...FLEET.strategies, named], ["stopped"])).toEqual([named]);
  });

  test("that means nothing is refused with the nearest name", () => {
    expect(() => selectStrategies(FLEET.strategies, ["btc-tend"])).toThrow(
      'no strategy "btc-tend"; did you mean "btc-trend"?',
    );
  });
});

test("states and keys to sort by are read, or refused with the nearest one", () => {
  expect(readStates(undefined)).toBeUndefined();
  expect(readStates("running, failed")).toEqual(["running", "failed"]);
  expect(() => readStates("runing")).toThrow('did you mean "running"?');
  expect(readSortKey(undefined)).toBeUndefined();
  expect(readSortKey("cpu")).toBe("cpu");
  expect(() => readSortKey("memry")).toThrow('did you mean "memory"?');
});
