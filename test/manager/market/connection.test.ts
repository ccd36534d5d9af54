/** Connections that break, against a real server on loopback. */
import { afterEach, describe, expect, test } from "bun:test";
import { ExchangeUnreachableError } from "#manager/market/errors.ts";
import {
  attach,
  candle,
  cleanUp,
  endLater,
  feed,
  isLive,
  kinds,
  live,
  openAt,
  SPEED,
  START_MS,
  setUp,
} from "#test/manager/market/market-setup.ts";
import { fastClock } from "#test/support/fast-clock.ts";
import { endpointsAt, ScriptedExchange } from "#test/support/scripted-exchange.ts";
import { untilTrue } from "#test/support/until.ts";

afterEach(cleanUp);

describe("the connection", () => {
  test.each(["drop", "cut"] as const)(
    "%s: what closed meanwhile is fetched, once, in order",
    async (how) => {
      const { exchange, market, events } = setUp();
      const held = attach(market, [feed("BTC")]);
      await live(held);
      exchange.trade(candle("BTC", "1m", 0, 6));
      exchange[how]();
      await untilTrue("stale", () => !isLive(held));
      exchange.record(candle("BTC", "1m", 0, 9));
      exchange.record(candle("BTC", "1m", 1, 9));
      exchange.record(candle("BTC", "1m", 2, 1));
      await untilTrue("both candles", () => held.taker.live.length === 2);
      expect(held.taker.live.flat()).toEqual([
        candle("BTC", "1m", 0, 9),
        candle("BTC", "1m", 1, 9),
      ]);
      expect(kinds(events)).toEqual(["feed_opened", "disconnected", "reconnected"]);
      expect(isLive(held)).toBe(true);
      expect(exchange.count("subscribe BTC 1m")).toBe(2);
    },
  );

  test("back within the same candle: the frame is the whole of it and no request is spent", async () => {
    const { exchange, market } = setUp();
    const held = attach(market, [feed("BTC")]);
    await live(held);
    exchange.drop();
    await untilTrue("stale", () => !isLive(held));
    exchange.record(candle("BTC", "1m", 0, 9));
    await live(held);
    exchange.trade(candle("BTC", "1m", 1, 1));
    await untilTrue("a live candle", () => held.taker.live.length === 1);
    expect(held.taker.live).toEqual([[candle("BTC", "1m", 0, 9)]]);
    expect(exchange.asked("candleSnapshot")).toBe(1);
  });

  test("an exchange that is not there stops nothing; the feeds begin when it answers", async () => {
    const clock = fastClock(SPEED, START_MS);
    const gone = new ScriptedExchange(() => clock.now());
    const { port } = gone;
    await gone.stop();
    const { market, events } = openAt(endpointsAt(port), clock);
    const held = attach(market, [feed("BTC")]);
    expect(market.instruments()).rejects.toThrow(ExchangeUnreachableError);
    expect(market.instruments()).rejects.toThrow(`http://127.0.0.1:${port}`);
    await untilTrue("said", () => kinds(events).includes("disconnected"));
    expect(events).toContainEqual({
      kind: "disconnected",
      reason: `cannot connect to ws://127.0.0.1:${port}/ws`,
    });
    expect(held.attachment.feeds()).toMatchObject([{ state: "warming", lastCloseTime: null }]);
    const back = new ScriptedExchange(() => clock.now(), port);
    endLater(() => back.stop());
    for (let minute = -30; minute <= 2; minute++) back.record(candle("BTC", "1m", minute));
    await live(held);
    expect(events.filter((event) => event.kind === "disconnected")).toHaveLength(1);
    expect(await market.instrument("BTC")).toMatchObject({ coin: "BTC" });
  });

  test("a feed that is silent while others talk is subscribed anew", async () => {
    const { exchange, market, events } = setUp({ speed: 100 });
    for (const coin of ["BTC", "ETH"]) exchange.record(candle(coin, "1h", 0));
    const held = attach(market, [feed("BTC", 0, "1h"), feed("ETH", 0, "1h")]);
    await live(held);
    let trades = 10;
    await untilTrue("subscribed anew", () => {
      trades += 1;
      exchange.trade(candle("ETH", "1h", 0, trades));
      return exchange.count("subscribe BTC 1h") === 2;
    });
    expect(events.filter((event) => event.kind === "feed_silent")).toMatchObject([
      { feed: "BTC 1h" },
    ]);
    await live(held);
    expect(exchange.count("subscribe ETH 1h")).toBe(1);
  });

  test("429 and failing requests are asked again", async () => {
    const { exchange, market } = setUp();
    exchange.failures.set("candleSnapshot", [429, 500, 429]);
    const held = attach(market, [feed("BTC")]);
    await live(held);
    expect(held.taker.warmup).toHaveLength(3);
    expect(exchange.asked("candleSnapshot")).toBe(4);
  });

  test("nonsense of the exchange hurts nobody", async () => {
    const { exchange, market } = setUp();
    const held = attach(market, [feed("BTC")]);
    await live(held);
    exchange.say("not json");
    exchange.say("[]");
    exchange.say('{"channel":"error","data":"half of it: {\\"method\\":"}');
    exchange.say('{"channel":"error","data":"what {is} this"}');
    exchange.say('{"channel":"candle","data":[{"t":1}]}');
    exchange.say('{"channel":"candle","data":{"s":"BTC","i":"1m","t":"soon"}}');
    exchange.say('{"channel":"brandNew","data":{}}');
    exchange.trade(candle("BTC", "1m", 1, 1));
    await untilTrue("a live candle", () => held.taker.live.length === 1);
    expect(isLive(held)).toBe(true);
  });
});
