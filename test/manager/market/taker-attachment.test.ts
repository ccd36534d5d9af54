/** Takers that come and go, against a real server on loopback. */
import { afterEach, expect, test } from "bun:test";
import {
  attach,
  candle,
  cleanUp,
  feed,
  kinds,
  live,
  MINUTE_MS,
  minutes,
  OPEN_MS,
  setUp,
} from "#test/manager/market/market-setup.ts";
import { untilTrue } from "#test/support/until.ts";

afterEach(cleanUp);

test("what closed while a strategy was down is warm-up, and named by a gap", async () => {
  const { market } = setUp();
  const handledUntil = new Map([["BTC 1m", OPEN_MS - 10 * MINUTE_MS]]);
  const held = attach(market, [feed("BTC", 3)], { handledUntil });
  await live(held);
  expect(minutes(held.taker.warmup)).toEqual(
    Array.from({ length: 10 }, (_, index) => `BTC ${index - 10}`),
  );
  expect(held.taker.gaps).toMatchObject([
    { fromMs: OPEN_MS - 10 * MINUTE_MS, toMs: OPEN_MS, count: 10, reason: "down" },
  ]);
});

test("a strategy that was down within one candle misses nothing and repeats nothing", async () => {
  const { market, exchange } = setUp();
  const handledUntil = new Map([["BTC 1m", OPEN_MS]]);
  const held = attach(market, [feed("BTC", 0)], { handledUntil });
  await live(held);
  exchange.trade(candle("BTC", "1m", 1, 1));
  await untilTrue("a live candle", () => held.taker.live.length === 1);
  expect([held.taker.warmup, held.taker.gaps]).toEqual([[], []]);
  expect(minutes(held.taker.live.flat())).toEqual(["BTC 0"]);
});

test("candles handled on an exchange whose time was later are not waited for", async () => {
  const { market } = setUp();
  const handledUntil = new Map([["BTC 1m", OPEN_MS + 1000 * MINUTE_MS]]);
  const held = attach(market, [feed("BTC", 3)], { handledUntil });
  await live(held);
  expect(held.taker.warmup).toHaveLength(3);
  expect(held.taker.gaps).toEqual([]);
});

test("one that detaches in the middle hears nothing more, and the feed closes after the last", async () => {
  const { exchange, market, events } = setUp();
  const leaving = attach(market, [feed("BTC")]);
  const staying = attach(market, [feed("BTC")]);
  await Promise.all([live(leaving), live(staying)]);
  leaving.taker.onLive = () => leaving.attachment.detach();
  for (const minute of [1, 2, 3]) exchange.trade(candle("BTC", "1m", minute, 1));
  await untilTrue("three live candles", () => staying.taker.live.length === 3);
  expect(leaving.taker.live).toHaveLength(1);
  expect(exchange.count("unsubscribe BTC 1m")).toBe(0);
  staying.attachment.detach();
  await untilTrue("unsubscribed", () => exchange.count("unsubscribe BTC 1m") === 1);
  expect(kinds(events)).toEqual(["feed_opened", "feed_closed"]);
});

test("a strategy that comes back at once finds its feed open and warm", async () => {
  const { exchange, market } = setUp();
  const first = attach(market, [feed("BTC")]);
  await live(first);
  first.attachment.detach();
  const second = attach(market, [feed("BTC")]);
  await live(second);
  expect(second.taker.warmup).toHaveLength(3);
  expect(exchange.messages.filter((message) => message !== "ping")).toEqual(["subscribe BTC 1m"]);
  expect(exchange.asked("candleSnapshot")).toBe(1);
});

test("a closed market refuses weight and leaves nothing open", async () => {
  const { market } = setUp();
  await live(attach(market, [feed("BTC")]));
  await market.close();
  expect(market.weight(1, "order")).rejects.toThrow("the manager is stopping");
  const waiting = { cancel: 0, order: 0, query: 0, warmup: 0 };
  expect(market.counters()).toMatchObject({ feeds: 0, budget: { waiting } });
});
