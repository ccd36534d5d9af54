/** Feeds and their takers, against a real server on loopback. */
import { afterEach, describe, expect, test } from "bun:test";
import { feedKey } from "#shared/candle.ts";
import { UnknownCoinError } from "#shared/errors.ts";
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
import { until, untilTrue } from "#test/support/until.ts";

afterEach(cleanUp);

describe("one feed", () => {
  test("three takers cause one subscription and one request, and each gets all", async () => {
    const { exchange, market } = setUp();
    const held = [1, 2, 3].map(() => attach(market, [feed("BTC")]));
    await Promise.all(held.map(live));
    exchange.trade(candle("BTC", "1m", 0, 9));
    exchange.trade(candle("BTC", "1m", 1, 1));
    for (const { taker } of held) {
      await untilTrue("a live candle", () => taker.live.length === 1);
      expect(minutes(taker.warmup)).toEqual(["BTC -3", "BTC -2", "BTC -1"]);
      expect(taker.live).toEqual([[candle("BTC", "1m", 0, 9)]]);
    }
    expect(exchange.count("subscribe BTC 1m")).toBe(1);
    expect(exchange.asked("candleSnapshot")).toBe(1);
  });

  test("nothing is said before attach has returned, even on a warm feed", async () => {
    const { market } = setUp();
    await live(attach(market, [feed("BTC")]));
    const second = attach(market, [feed("BTC")]);
    expect(second.taker.warmup).toEqual([]);
    await live(second);
    expect(second.taker.warmup).toHaveLength(3);
  });

  test("a deeper warm-up fetches only what is older", async () => {
    const { market, exchange } = setUp();
    await live(attach(market, [feed("BTC", 3)]));
    const deep = attach(market, [feed("BTC", 20)]);
    await live(deep);
    expect(minutes(deep.taker.warmup)).toEqual(
      Array.from({ length: 20 }, (_, index) => `BTC ${index - 20}`),
    );
    expect(exchange.asked("candleSnapshot")).toBe(2);
  });

  test("the open candle goes to those who want it, closed ones never come as open", async () => {
    const { exchange, market } = setUp();
    const wants = attach(market, [feed("BTC")], { wantsForming: true });
    const other = attach(market, [feed("BTC")]);
    await Promise.all([live(wants), live(other)]);
    exchange.trade(candle("BTC", "1m", 0, 7));
    exchange.trade(candle("BTC", "1m", 1, 1));
    exchange.push(candle("BTC", "1m", 0, 7));
    await untilTrue("the next open candle", () =>
      wants.taker.open.some((open) => open.openTime > OPEN_MS),
    );
    expect(minutes(wants.taker.open.slice(-2))).toEqual(["BTC 0", "BTC 1"]);
    expect(other.taker.open).toEqual([]);
  });

  test("the clock closes a candle after which nothing is traded", async () => {
    const { exchange, market, clock } = setUp({ startMs: OPEN_MS + 45_000 });
    const held = attach(market, [feed("BTC")]);
    await live(held);
    exchange.trade(candle("BTC", "1m", 0, 9));
    await untilTrue("a live candle", () => held.taker.live.length === 1);
    expect(clock.now()).toBeGreaterThanOrEqual(OPEN_MS + MINUTE_MS + 1500);
    expect(held.taker.live).toEqual([[candle("BTC", "1m", 0, 9)]]);
    expect(exchange.asked("candleSnapshot")).toBe(1);
  });

  test("a minute without a trade is asked for until it is published", async () => {
    const { exchange, market } = setUp();
    const held = attach(market, [feed("BTC")]);
    await live(held);
    exchange.trade(candle("BTC", "1m", 0));
    exchange.trade(candle("BTC", "1m", 2, 1));
    await untilTrue("two questions", () => exchange.asked("candleSnapshot") >= 3);
    exchange.record(candle("BTC", "1m", 1, 0));
    await untilTrue("both candles", () => held.taker.live.length === 2);
    expect(minutes(held.taker.live.flat())).toEqual(["BTC 0", "BTC 1"]);
    expect(held.taker.gaps).toEqual([]);
  });

  test("what the exchange does not have is named by a gap, and the feed goes on", async () => {
    const { exchange, market, events } = setUp({ speed: 60 });
    const held = attach(market, [feed("BTC")]);
    await live(held);
    exchange.trade(candle("BTC", "1m", 0));
    exchange.trade(candle("BTC", "1m", 2, 1));
    exchange.trade(candle("BTC", "1m", 3, 1));
    await untilTrue("the candle after it", () => held.taker.live.length === 2);
    expect(minutes(held.taker.live.flat())).toEqual(["BTC 0", "BTC 2"]);
    expect(held.taker.gaps).toMatchObject([{ count: 1, reason: "unrecoverable" }]);
    expect(kinds(events)).toContain("gap");
  });

  test("a late correction is an event, not a second candle", async () => {
    const { exchange, market, events } = setUp();
    const held = attach(market, [feed("BTC")]);
    await live(held);
    exchange.trade(candle("BTC", "1m", 0, 7));
    exchange.trade(candle("BTC", "1m", 1, 1));
    exchange.push(candle("BTC", "1m", 0, 8));
    const revised = await until("a revision", () =>
      events.find((event) => event.kind === "revised"),
    );
    expect(revised).toEqual({
      kind: "revised",
      before: candle("BTC", "1m", 0, 7),
      after: candle("BTC", "1m", 0, 8),
    });
    expect(held.taker.live).toHaveLength(1);
  });
});

describe("several feeds", () => {
  test("what closes together comes together, the longest first", async () => {
    const { exchange, market } = setUp();
    for (let index = -5; index <= 0; index++) exchange.record(candle("BTC", "3m", index));
    const held = attach(market, [feed("BTC"), feed("ETH"), feed("BTC", 2, "3m")]);
    await live(held);
    for (const minute of [0, 1, 2]) {
      exchange.trade(candle("ETH", "1m", minute + 1, 1));
      exchange.trade(candle("BTC", "1m", minute + 1, 1));
    }
    exchange.trade(candle("BTC", "3m", 1, 1));
    await untilTrue("three calls", () => held.taker.live.length === 3);
    expect(held.taker.live.map((call) => call.map(feedKey))).toEqual([
      ["BTC 1m", "ETH 1m"],
      ["BTC 1m", "ETH 1m"],
      ["BTC 3m", "BTC 1m", "ETH 1m"],
    ]);
  });

  test("a refused feed is said once, holds up the others for a while only, and comes in the end", async () => {
    const { exchange, market, events } = setUp();
    const hours = [feed("BTC", 3, "1h"), feed("ETH", 3, "1h")];
    for (const { coin } of hours) {
      for (let hour = -5; hour <= 0; hour++) exchange.record(candle(coin, "1h", hour));
    }
    const refusal = 'Invalid subscription {"type":"candle","coin":"ETH","interval":"1h"}';
    exchange.refusals.set("ETH 1h", refusal);
    const held = attach(market, hours);
    await untilTrue("BTC begins", () => held.taker.warmup.length > 0);
    expect(minutes(held.taker.warmup)).toEqual(["BTC -180", "BTC -120", "BTC -60"]);
    expect(events.filter((event) => event.kind === "feed_refused")).toEqual([
      { kind: "feed_refused", feed: "ETH 1h", reason: refusal },
    ]);
    expect(exchange.count("subscribe ETH 1h")).toBeGreaterThan(1);
    exchange.refusals.delete("ETH 1h");
    await live(held);
    expect(minutes(held.taker.warmup.slice(3))).toEqual(["ETH -180", "ETH -120", "ETH -60"]);
  });

  test("a refusal that echoes nothing is a timeout that says so", async () => {
    const { exchange, market, events } = setUp();
    exchange.refusals.set("BTC 1m", null);
    attach(market, [feed("BTC")]);
    await untilTrue("asked for", () => exchange.count("subscribe BTC 1m") === 1);
    exchange.say('{"channel":"error","data":"Cannot track more than 10 total users."}');
    const refused = await until("a refusal", () =>
      events.find((event) => event.kind === "feed_refused"),
    );
    expect(refused).toMatchObject({
      reason: "no answer within 10000 ms; it said: Cannot track more than 10 total users.",
    });
  });

  test("feeds are taken and dropped while it runs", async () => {
    const { exchange, market, events } = setUp();
    const held = attach(market, [feed("BTC")]);
    await live(held);
    await held.attachment.take(feed("ETH"));
    await held.attachment.take(feed("ETH"));
    await live(held);
    expect(minutes(held.taker.warmup.slice(3))).toEqual(["ETH -3", "ETH -2", "ETH -1"]);
    held.attachment.drop(feed("ETH"));
    expect(held.attachment.feeds().map((view) => view.coin)).toEqual(["BTC"]);
    await untilTrue("unsubscribed", () => exchange.count("unsubscribe ETH 1m") === 1);
    expect(kinds(events)).toContain("feed_closed");
    exchange.trade(candle("BTC", "1m", 1, 1));
    await untilTrue("BTC goes on", () => held.taker.live.length === 1);
  });

  test("a coin that is not listed is refused with the near name", async () => {
    const { market, exchange } = setUp();
    const held = attach(market, []);
    const taken = held.attachment.take(feed("BTCC"));
    expect(taken).rejects.toThrow(UnknownCoinError);
    expect(taken).rejects.toThrow('did you mean "BTC"?');
    await taken.catch(() => {});
    expect(await market.instrument("ETH")).toMatchObject({ assetId: 1, sizeDecimals: 5 });
    expect(exchange.asked("meta")).toBe(1);
  });
});
