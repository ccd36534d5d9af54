import { describe, expect, test } from "bun:test";
import { changesBetween, type Present, planFleet } from "#manager/plan.ts";
import type { Definition, Registered } from "#manager/store/registry.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";

const definition = (name: string, changes: Partial<Definition> = {}): Definition => ({
  name,
  version: "1.0.0",
  description: "",
  file: "/fleet/sma-cross.ts",
  hash: "0123456789abcdef",
  params: { coin: "BTC", fast: 10 },
  paramOrigins: {},
  feeds: [],
  settings: SETTINGS_DEFAULT,
  ...changes,
});

const present = (
  name: string,
  active: boolean,
  changes?: Partial<Definition>,
): [string, Present] => {
  const registered: Registered = {
    ...definition(name, changes),
    addedAtMs: 0,
    desired: active ? "running" : "stopped",
    failed: null,
    run: 1,
    failures: 0,
    restarts: 0,
    candles: 0,
    lastCandleAtMs: null,
    lastError: null,
  };
  return [name, { registered, active }];
};

test("start what is new or down, replace what differs, leave what runs as written", () => {
  const plan = planFleet(
    [definition("new"), definition("down"), definition("same"), definition("other")],
    new Map([
      present("down", false, { version: "0.9.0" }),
      present("same", true),
      present("other", true, { params: { coin: "BTC", fast: 12 } }),
      present("elsewhere", true),
    ]),
  );
  expect(plan.items.map(({ name, action, changes }) => [name, action, changes])).toEqual([
    ["new", "start", []],
    ["down", "start", ["version 0.9.0 → 1.0.0"]],
    ["same", "leave", []],
    ["other", "replace", ["fast 12 → 10"]],
  ]);
  expect(plan.notInFile).toEqual(["elsewhere"]);
});

describe("what differs, in words", () => {
  const before = definition("a", {
    params: { coin: "BTC", list: [1, 2], gone: true },
    settings: { ...SETTINGS_DEFAULT, env: { LOG: "debug", OLD: "1" } },
  });
  const after = definition("a", {
    file: "/fleet/b.ts",
    hash: "fedcba9876543210",
    params: { coin: "ETH", list: [1, 3], added: "x" },
    settings: {
      ...SETTINGS_DEFAULT,
      paper: true,
      limits: { ...SETTINGS_DEFAULT.limits, stopMs: 5000 },
      env: { LOG: "info" },
    },
  });

  test("code, file, params and settings, each by its key", () => {
    expect(changesBetween(before, after)).toEqual([
      "code 01234567 → fedcba98",
      "file /fleet/sma-cross.ts → /fleet/b.ts",
      'coin "BTC" → "ETH"',
      "list [1,2] → [1,3]",
      "gone removed",
      'added = "x"',
      "limits.stopMs 10000 → 5000",
      'env.LOG "debug" → "info"',
      "env.OLD removed",
      "paper false → true",
    ]);
  });

  test("nothing of itself", () => {
    expect(changesBetween(before, before)).toEqual([]);
    expect(changesBetween(after, after)).toEqual([]);
  });
});
