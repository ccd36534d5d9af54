import { expect, test } from "bun:test";
import { describeEvent, type EventBody } from "#shared/event.ts";
import type { ChildExit } from "#shared/exit.ts";

test("every event has its words", () => {
  const exit: ChildExit = { cause: { kind: "own" }, code: 1, signal: null };
  const gap = { coin: "BTC", timeframe: "1m", fromMs: 0, toMs: 120_000, count: 2 } as const;
  const candle = {
    coin: "BTC",
    timeframe: "1m",
    openTime: 0,
    closeTime: 60_000,
    open: 1,
    high: 2,
    low: 1,
    close: 1.5,
    volume: 3,
    trades: 4,
  } as const;
  const error = {
    where: "onCandle",
    message: "no such indicator",
    stack: "",
    file: null,
    line: null,
    column: null,
    frame: null,
  };
  const events: EventBody[] = [
    { kind: "manager_started", version: "0.1.0", network: "testnet" },
    { kind: "manager_stopped", reason: "down asked for" },
    { kind: "manager_lost", pid: 12 },
    { kind: "orphan_killed", pid: 13 },
    { kind: "added", version: "1.0.0", hash: "0123456789abcdef" },
    { kind: "replaced", changes: ["fast 10 → 12", "code 1 → 2"] },
    { kind: "removed", purged: false },
    { kind: "start_asked" },
    { kind: "stop_asked" },
    { kind: "restart_asked" },
    { kind: "spawned", run: 2, pid: 14 },
    { kind: "ready", run: 2, afterMs: 31 },
    { kind: "exited", run: 2, exit, error },
    { kind: "backed_off", failures: 1, delayMs: 0 },
    { kind: "backed_off", failures: 2, delayMs: 1900 },
    { kind: "failed", failures: 10, reason: "exited with code 1" },
    { kind: "stopped" },
    { kind: "feed_opened", feed: "BTC 1m" },
    { kind: "feed_closed", feed: "BTC 1m" },
    { kind: "feed_refused", feed: "BTC 1m", reason: "Invalid subscription" },
    { kind: "feed_silent", feed: "BTC 1m", forMs: 120_000 },
    { kind: "gap", gap: { ...gap, reason: "down" } },
    { kind: "gap", gap: { ...gap, count: 1, reason: "unrecoverable" } },
    { kind: "revised", before: candle, after: { ...candle, close: 1.6 } },
    { kind: "disconnected", reason: "closed with 1000 Expired" },
    { kind: "reconnected", afterMs: 240 },
  ];
  expect(events.map(describeEvent)).toMatchInlineSnapshot(`
    [
      "manager 0.1.0 started on testnet",
      "manager stopped: down asked for",
      "the manager before this one (pid 12) ended without a word",
      "killed pid 13, left over from the manager before",
      "added version 1.0.0 (01234567)",
      "replaced: fast 10 → 12, code 1 → 2",
      "removed, its database kept",
      "start asked for",
      "stop asked for",
      "restart asked for",
      "run 2 spawned, pid 14",
      "run 2 ready after 31ms",
      "run 2 exited with code 1: onCandle: no such indicator",
      "failure 1 in a row, back at once",
      "failure 2 in a row, back in 1.9s",
      "failed after 10 failures in a row: exited with code 1",
      "stopped",
      "feed BTC 1m opened",
      "feed BTC 1m closed",
      "feed BTC 1m refused by the exchange: Invalid subscription",
      "feed BTC 1m silent for 2m, subscribed anew",
      "2 candles of BTC 1m from 1970-01-01 00:00:00 closed while it was down",
      "1 candle of BTC 1m from 1970-01-01 00:00:00 could not be recovered",
      "BTC 1m of 1970-01-01 00:00:00 was corrected by the exchange: close 1.5 is 1.6",
      "connection to the exchange lost: closed with 1000 Expired",
      "connection to the exchange back after 240ms",
    ]
  `);
});
