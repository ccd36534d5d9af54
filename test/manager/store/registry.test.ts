import { expect, test } from "bun:test";
import { join } from "node:path";
import { openDatabase } from "#manager/store/database.ts";
import { type Definition, Registry } from "#manager/store/registry.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const definition = (name: string, fast = 10): Definition => ({
  name,
  version: "1.0.0",
  description: "a test",
  file: "/strategies/sma-cross.ts",
  hash: "0123456789abcdef",
  params: { coin: "BTC", fast, nested: { deep: [1, null, "x"] } },
  paramOrigins: { coin: "fleet file", fast: "command line", nested: "default" },
  feeds: [{ coin: "BTC", timeframe: "1m", warmup: 30 }],
  settings: { ...SETTINGS_DEFAULT, env: { LOG: "debug" } },
});

test("what is put is there after the database was closed and opened again", () => {
  using folder = tempFolder();
  const path = join(folder.path, "kumbh.db");
  const first = openDatabase(path);
  new Registry(first).put(definition("btc"), 1234.5);
  first.close();
  const found = new Registry(openDatabase(path)).get("btc");
  expect(found).toEqual({
    ...definition("btc"),
    addedAtMs: 1235,
    desired: "stopped",
    failed: null,
    run: 0,
    failures: 0,
    restarts: 0,
    candles: 0,
    lastCandleAtMs: null,
    lastError: null,
  });
});

test("a new definition keeps the counts, the wish and what was handled", () => {
  using folder = tempFolder();
  const registry = new Registry(openDatabase(join(folder.path, "kumbh.db")));
  registry.put(definition("btc"), 1);
  registry.setDesired("btc", "running");
  registry.setCounts("btc", { failed: null, run: 4, failures: 2, restarts: 3 });
  registry.recordHandled("btc", 2, new Map([["BTC 1m", 120_000]]));
  registry.put(definition("btc", 12), 2);
  const found = registry.get("btc");
  expect(found?.params["fast"]).toBe(12);
  expect(found?.addedAtMs).toBe(1);
  expect(found).toMatchObject({ desired: "running", run: 4, failures: 2, restarts: 3, candles: 2 });
  expect(registry.handledUntil("btc")).toEqual(new Map([["BTC 1m", 120_000]]));
});

test("what was handled only moves forward", () => {
  using folder = tempFolder();
  const registry = new Registry(openDatabase(join(folder.path, "kumbh.db")));
  registry.put(definition("btc"), 1);
  registry.recordHandled("btc", 1, new Map([["BTC 1m", 120_000]]));
  registry.recordHandled("btc", 1, new Map([["BTC 1m", 60_000]]));
  expect(registry.handledUntil("btc").get("BTC 1m")).toBe(120_000);
  expect(registry.get("btc")).toMatchObject({ candles: 2, lastCandleAtMs: 120_000 });
});

test("a strategy that is removed leaves nothing for one of its name", () => {
  using folder = tempFolder();
  const registry = new Registry(openDatabase(join(folder.path, "kumbh.db")));
  registry.put(definition("btc"), 1);
  registry.put(definition("eth"), 1);
  registry.recordHandled("btc", 1, new Map([["BTC 1m", 60_000]]));
  registry.remove("btc");
  expect(registry.all().map(({ name }) => name)).toEqual(["eth"]);
  registry.put(definition("btc"), 2);
  expect(registry.get("btc")?.candles).toBe(0);
  expect(registry.handledUntil("btc").size).toBe(0);
});
