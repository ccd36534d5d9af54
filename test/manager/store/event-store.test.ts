import { expect, test } from "bun:test";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";

test("events come back in their order, of all or of one strategy", () => {
  const events = new EventStore(openDatabase(":memory:"), 1000);
  events.append(1, null, { kind: "manager_started", version: "1", network: "testnet" });
  events.append(2.6, "btc", { kind: "start_asked" });
  events.append(3, "eth", { kind: "start_asked" });
  events.append(4, "btc", { kind: "stop_asked" });
  expect(events.newest(3).map(({ atMs, strategy }) => [atMs, strategy])).toEqual([
    [3, "btc"],
    [3, "eth"],
    [4, "btc"],
  ]);
  expect(events.newest(10, "btc").map(({ body }) => body.kind)).toEqual([
    "start_asked",
    "stop_asked",
  ]);
});

test("the store stays bounded, the newest are kept", () => {
  const events = new EventStore(openDatabase(":memory:"), 1000);
  for (let index = 0; index < 5000; index++) events.append(index, "btc", { kind: "stopped" });
  const kept = events.newest(10_000);
  expect(kept.length).toBeLessThanOrEqual(2000);
  expect(kept.at(-1)?.atMs).toBe(4999);
});
