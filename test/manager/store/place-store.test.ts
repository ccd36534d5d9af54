import { expect, test } from "bun:test";
import { openDatabase } from "#manager/store/database.ts";
import { PlaceStore } from "#manager/store/place-store.ts";
import { Registry } from "#manager/store/registry.ts";
import { feedKey } from "#shared/candle.ts";
import { SETTINGS_DEFAULT } from "#shared/settings.ts";

test("a new home is nowhere; then it is where it was put", () => {
  const places = new PlaceStore(openDatabase(":memory:"));
  expect(places.get()).toBeUndefined();
  places.put({ network: "testnet", http: "http://127.0.0.1:3001", ws: null });
  places.put({ network: "mainnet", http: null, ws: null });
  expect(places.get()).toEqual({ network: "mainnet", http: null, ws: null });
});

test("a fleet that moves is stopped, and has handled nothing of the new place", () => {
  const db = openDatabase(":memory:");
  const [places, registry] = [new PlaceStore(db), new Registry(db)];
  const definition = {
    name: "a",
    version: "1.0.0",
    description: "",
    file: "a.ts",
    hash: "0123456789abcdef",
    params: {},
    paramOrigins: {},
    feeds: [],
    settings: SETTINGS_DEFAULT,
  };
  registry.put(definition, 1);
  registry.setDesired("a", "running");
  registry.recordHandled("a", 1, new Map([[feedKey({ coin: "BTC", timeframe: "1m" }), 60_000]]));
  places.move({ network: "mainnet", http: null, ws: null });
  expect(registry.get("a")?.desired).toBe("stopped");
  expect(registry.handledUntil("a").size).toBe(0);
  expect(places.get()?.network).toBe("mainnet");
});
