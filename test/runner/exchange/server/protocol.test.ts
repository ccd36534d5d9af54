/** The WebSocket protocol word by word, and its limits. */
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { WireCandle } from "#shared/candle.ts";
import { RawSocket, rawSocket } from "#test/runner/exchange/server/socket.ts";
import { ALICE, lower, standingSim } from "#test/runner/exchange/support.ts";
import { untilTrue } from "#test/support/until.ts";

const MINUTE_MS = 60_000;
const CandleFrame = z.object({ channel: z.literal("candle"), data: WireCandle });
const CANDLE = { type: "candle", coin: "BTC", interval: "1m" };

const subscribe = (subscription: unknown) => ({ method: "subscribe", subscription });
const unsubscribe = (subscription: unknown) => ({ method: "unsubscribe", subscription });
const error = (text: string) => ({ channel: "error", data: text });
const userOf = (digit: string): string => `0x${digit.repeat(40)}`;

describe("messages", () => {
  test("ping is answered with pong", async () => {
    await using sim = await standingSim();
    using socket = await rawSocket(sim);
    expect(await socket.ask({ method: "ping" })).toEqual({ channel: "pong" });
  });

  test("a subscription is echoed in its normalised form and greeted with the current candle", async () => {
    await using sim = await standingSim();
    using socket = await rawSocket(sim);
    expect(await socket.ask(subscribe(CANDLE))).toEqual({
      channel: "subscriptionResponse",
      data: { method: "subscribe", subscription: CANDLE },
    });
    await untilTrue("the candle", () => socket.frames.length === 2);
    const openMs = Math.floor(sim.nowMs / MINUTE_MS) * MINUTE_MS;
    expect(socket.frames[1]).toMatchObject({
      channel: "candle",
      data: { t: openMs, T: openMs + MINUTE_MS - 1, s: "BTC", i: "1m" },
    });
    expect(await socket.ask(subscribe({ type: "l2Book", coin: "BTC" }))).toEqual({
      channel: "subscriptionResponse",
      data: {
        method: "subscribe",
        subscription: { type: "l2Book", coin: "BTC", nSigFigs: null, mantissa: null, fast: false },
      },
    });
  });

  test("a second subscription, and the end of one that is not, are errors, whatever the order of keys", async () => {
    await using sim = await standingSim();
    using socket = await rawSocket(sim);
    const first = { type: "bbo", coin: "BTC" };
    const text = '{"type":"bbo","coin":"BTC"}';
    await socket.ask(subscribe(first));
    await untilTrue("the bbo", () => socket.frames.length === 2);
    expect(await socket.ask(subscribe({ coin: "BTC", type: "bbo" }))).toEqual(
      error(`Already subscribed: ${text}`),
    );
    expect(await socket.ask(unsubscribe(first))).toMatchObject({ channel: "subscriptionResponse" });
    expect(await socket.ask(unsubscribe(first))).toEqual(error(`Already unsubscribed: ${text}`));
  });

  test("what cannot be read is quoted back, and an unknown coin is an invalid subscription", async () => {
    await using sim = await standingSim();
    using socket = await rawSocket(sim);
    const quoted = async (message: unknown): Promise<void> => {
      const text = typeof message === "string" ? message : JSON.stringify(message);
      expect(await socket.ask(text)).toEqual(
        error(`Error parsing JSON into valid websocket request: ${text}`),
      );
    };
    await quoted("nonsense");
    await quoted({ method: "subscribe", xsubscription: CANDLE });
    await quoted(subscribe({ type: "webData2", user: userOf("1") }));
    await quoted(subscribe({ ...CANDLE, interval: "6h" }));
    await quoted({ method: "post", id: 3, request: { type: "info", payload: { type: "nope" } } });
    expect(await socket.ask(subscribe({ type: "trades", coin: "NOPE" }))).toEqual(
      error('Invalid subscription {"type":"trades","coin":"NOPE"}'),
    );
  });

  test("posts are answered with their id", async () => {
    await using sim = await standingSim();
    using socket = await rawSocket(sim);
    const payload = { type: "exchangeStatus" };
    const request = { type: "info", payload };
    expect(await socket.ask({ method: "post", id: 7, request })).toEqual({
      channel: "post",
      data: {
        id: 7,
        response: {
          type: "info",
          payload: { type: "exchangeStatus", data: { specialStatuses: null, time: sim.nowMs } },
        },
      },
    });
  });
});

describe("candle frames", () => {
  test("the last state of a candle comes before the first of the next, however seldom frames are", async () => {
    await using sim = await standingSim({ coins: ["BTC"] }, { pacing: { candleMs: 3_600_000 } });
    using socket = await rawSocket(sim);
    await socket.ask(subscribe(CANDLE));
    sim.advance(5 * MINUTE_MS);
    await socket.ask({ method: "ping" });
    const frames = socket.frames.flatMap((frame) => {
      const candle = CandleFrame.safeParse(frame);
      return candle.success ? [candle.data.data] : [];
    });
    const openMs = Math.floor(sim.nowMs / MINUTE_MS) * MINUTE_MS;
    const market = sim.exchange.market.of("BTC");
    const closed = market.candles("1m", openMs - 5 * MINUTE_MS, openMs - 1);
    for (const row of closed) {
      const last = frames.findLast(({ openTime }) => openTime === row.openTime);
      expect(last).toMatchObject({ ...row });
    }
    expect(closed).toHaveLength(5);
  });

  test("two sockets get the same frames, and none after they unsubscribed", async () => {
    await using sim = await standingSim({ coins: ["BTC"] }, { pacing: { candleMs: 0 } });
    using one = await rawSocket(sim);
    using two = await rawSocket(sim);
    for (const socket of [one, two]) await socket.ask(subscribe(CANDLE));
    sim.advance(MINUTE_MS);
    for (const socket of [one, two]) await socket.ask({ method: "ping" });
    const { length } = one.frames;
    expect(length).toBeGreaterThan(3);
    expect(two.frames).toEqual(one.frames);
    await two.ask(unsubscribe(CANDLE));
    sim.advance(MINUTE_MS);
    for (const socket of [one, two]) await socket.ask({ method: "ping" });
    expect(one.frames.length).toBeGreaterThan(length + 1);
    expect(two.frames).toHaveLength(length + 2);
  });
});

describe("limits of an address", () => {
  test("connections at a time", async () => {
    await using sim = await standingSim({}, { limits: { connectionsMax: 2 } });
    using first = await rawSocket(sim);
    using second = await rawSocket(sim);
    expect(await RawSocket.open(sim)).toBeUndefined();
    expect(await second.ask({ method: "ping" })).toEqual({ channel: "pong" });
    first[Symbol.dispose]();
    let third: RawSocket | undefined;
    await untilTrue("a free place", async () => {
      third = await RawSocket.open(sim);
      return third !== undefined;
    });
    third?.[Symbol.dispose]();
  });

  test("new connections a minute", async () => {
    await using sim = await standingSim({}, { limits: { newConnectionsPerMinute: 1 } });
    using first = await rawSocket(sim);
    expect(await RawSocket.open(sim)).toBeUndefined();
    expect(await first.ask({ method: "ping" })).toEqual({ channel: "pong" });
  });

  test("subscriptions, over all of its connections", async () => {
    await using sim = await standingSim({}, { limits: { subscriptionsMax: 1 } });
    using one = await rawSocket(sim);
    using two = await rawSocket(sim);
    await one.ask(subscribe({ type: "orderUpdates", user: userOf("1") }));
    const second = subscribe({ type: "orderUpdates", user: userOf("2") });
    expect(await two.ask(second)).toEqual(error("Cannot track more than 1 total subscriptions."));
    await one.ask(unsubscribe({ type: "orderUpdates", user: userOf("1") }));
    expect(await two.ask(second)).toMatchObject({ channel: "subscriptionResponse" });
  });

  test("users, each counted once, and given back with the connection", async () => {
    await using sim = await standingSim({}, { limits: { usersMax: 1 } });
    using one = await rawSocket(sim);
    using two = await rawSocket(sim);
    await one.ask(subscribe({ type: "orderUpdates", user: userOf("1") }));
    expect(await one.ask(subscribe({ type: "userEvents", user: userOf("1") }))).toMatchObject({
      channel: "subscriptionResponse",
    });
    const second = subscribe({ type: "userEvents", user: userOf("2") });
    await one.ask(unsubscribe({ type: "userEvents", user: userOf("1") }));
    const refusal = error("Cannot track more than 1 total users.");
    expect(await two.ask(second)).toEqual(refusal);
    one[Symbol.dispose]();
    await untilTrue("a free place", async () => !Bun.deepEquals(await two.ask(second), refusal));
  });

  test("messages a minute: a post is told so by its id, anything else by an error", async () => {
    await using sim = await standingSim({}, { limits: { messagesPerMinute: 1 } });
    using socket = await rawSocket(sim);
    expect(await socket.ask({ method: "ping" })).toEqual({ channel: "pong" });
    expect(await socket.ask({ method: "ping" })).toEqual(error("429 Too Many Requests"));
    const request = { type: "info", payload: { type: "meta" } };
    expect(await socket.ask({ method: "post", id: 9, request })).toEqual({
      channel: "post",
      data: { id: 9, response: { type: "error", payload: "429 Too Many Requests" } },
    });
  });

  test("posts at a time", async () => {
    await using sim = await standingSim({}, { limits: { pendingPostsMax: 0 } });
    using socket = await rawSocket(sim);
    const request = { type: "info", payload: { type: "meta" } };
    expect(await socket.ask({ method: "post", id: 4, request })).toEqual(
      error("too many pending post requests id=4"),
    );
  });

  test("a connection to which nothing is sent is closed; a pong keeps another alive", async () => {
    await using sim = await standingSim({}, { limits: { silenceMsMax: 150 } });
    using silent = await rawSocket(sim);
    using talking = await rawSocket(sim);
    const beat = setInterval(() => talking.send({ method: "ping" }), 20);
    try {
      expect(await silent.untilClosed()).toEqual({ code: 1000, reason: "Inactive" });
      expect(talking.closed).toBeUndefined();
    } finally {
      clearInterval(beat);
    }
  });
});

test("frames about a user bear the address in lower case", async () => {
  await using sim = await standingSim();
  using socket = await rawSocket(sim);
  await socket.ask(subscribe({ type: "userFills", user: ALICE.address }));
  await untilTrue("the snapshot", () => socket.frames.length === 2);
  expect(socket.frames[1]).toEqual({
    channel: "userFills",
    data: { isSnapshot: true, user: lower(ALICE.address), fills: [] },
  });
});
