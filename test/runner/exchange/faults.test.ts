/** Each fault through a real socket, switched on at the start or by the control route. */
import { expect, test } from "bun:test";
import { HttpRequestError, InfoClient, SubscriptionClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import { systemClock } from "#shared/clock.ts";
import type { SimFault } from "#shared/sim-fault.ts";
import { RawSocket, rawSocket } from "#test/runner/exchange/server/socket.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  httpTo,
  limit,
  refusalOf,
  simOptions,
  standingSim,
  webSocketTo,
} from "#test/runner/exchange/support.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

const MINUTE_MS = 60_000;
const CANDLE = { type: "candle", coin: "BTC", interval: "1m" };
const subscribe = { method: "subscribe", subscription: CANDLE };
const CandleFrame = z.object({ channel: z.literal("candle"), data: z.object({ t: z.int() }) });

const control = async (sim: Sim, faults: unknown): Promise<Response> =>
  await fetch(`${sim.http}/control/faults`, { method: "POST", body: JSON.stringify({ faults }) });

const faulty = async (...faults: SimFault[]): Promise<Sim> =>
  await standingSim({ coins: ["BTC"], faults }, { pacing: { candleMs: 0 } });

const openTimesOf = (socket: RawSocket): readonly number[] =>
  socket.frames.flatMap((frame) => {
    const candle = CandleFrame.safeParse(frame);
    return candle.success ? [candle.data.data.t] : [];
  });

test("the control route sets, tells and clears the faults, and refuses what it does not know", async () => {
  await using sim = await faulty({ name: "slow", value: 1 });
  const told = async (): Promise<unknown> => {
    const response = await fetch(`${sim.http}/control/faults`);
    return z.object({ faults: z.unknown() }).parse(await response.json()).faults;
  };
  expect(await told()).toEqual([{ name: "slow", value: 1 }]);
  const faults = [{ name: "rate-limit" }, { name: "expire", value: 60 }];
  expect(await (await control(sim, faults)).json()).toEqual({ faults });
  expect(await told()).toEqual(faults);
  for (const wrong of [
    [{ name: "drip" }],
    [{ name: "expire" }],
    [{ name: "slow", value: -1 }],
    7,
  ]) {
    expect((await control(sim, wrong)).status).toBe(400);
  }
  expect((await fetch(`${sim.http}/control/faults`, { method: "PUT" })).status).toBe(405);
  expect(await told()).toEqual(faults);
  await control(sim, []);
  expect(await told()).toEqual([]);
});

test("drop: the connection ends without a close frame", async () => {
  await using sim = await faulty();
  using socket = await rawSocket(sim);
  await control(sim, [{ name: "drop", value: 0 }]);
  expect((await socket.untilClosed()).code).toBe(1006);
});

test("expire: 1000, Expired; the SDK comes back and hears the stream again", async () => {
  await using sim = await faulty();
  using socket = webSocketTo(sim);
  const seen: number[] = [];
  let closed = "";
  socket.transport.socket.addEventListener("close", ({ code, reason }) => {
    closed = `${code} ${reason}`;
  });
  const streams = new SubscriptionClient({ transport: socket.transport });
  await streams.candle({ coin: "BTC", interval: "1m" }, ({ t }) => seen.push(t));
  await control(sim, [{ name: "expire", value: 0 }]);
  await untilTrue("the close", () => closed !== "");
  expect(closed).toBe("1000 Expired");
  await control(sim, []);
  const before = seen.length;
  await untilTrue("the greeting after it is back", () => seen.length > before);
});

test("mute: the connection stands, and nothing comes", async () => {
  await using sim = await faulty();
  using socket = await rawSocket(sim);
  await socket.ask({ method: "ping" });
  await control(sim, [{ name: "mute", value: 0 }]);
  using witness = await rawSocket(sim);
  await untilTrue("the muting", async () => {
    const { length } = socket.frames;
    socket.send({ method: "ping" });
    await new InfoClient({ transport: httpTo(sim) }).exchangeStatus();
    return socket.frames.length === length;
  });
  expect(socket.closed).toBeUndefined();
  expect(witness.closed).toBeUndefined();
});

test("refuse-upgrade: so many connections are refused", async () => {
  await using sim = await faulty({ name: "refuse-upgrade", value: 2 });
  expect(await RawSocket.open(sim)).toBeUndefined();
  expect(await RawSocket.open(sim)).toBeUndefined();
  using _ = await rawSocket(sim);
});

test("rate-limit: 429 with the body null, over the WebSocket as an error of the post", async () => {
  await using sim = await faulty({ name: "rate-limit", value: 2 });
  const thrown: unknown = await new InfoClient({ transport: httpTo(sim) })
    .allMids()
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(HttpRequestError);
  if (thrown instanceof HttpRequestError) {
    expect(thrown.message).toBe("429 Too Many Requests - null");
  }
  using socket = await rawSocket(sim);
  const request = { type: "info", payload: { type: "exchangeStatus" } };
  const post = { method: "post", id: 4, request };
  expect(await socket.ask(post)).toEqual({
    channel: "post",
    data: { id: 4, response: { type: "error", payload: "429 Too Many Requests" } },
  });
  expect(await socket.ask(post)).toMatchObject({ data: { response: { type: "info" } } });
});

test("silent-error: a refusal that does not say of what", async () => {
  await using sim = await faulty({ name: "silent-error", value: 1 });
  using socket = await rawSocket(sim);
  expect(await socket.ask(subscribe)).toEqual({
    channel: "error",
    data: "Cannot track more than 10 total users.",
  });
  expect(await socket.ask(subscribe)).toMatchObject({ channel: "subscriptionResponse" });
});

test("refuse-resubscription: only what a closed connection held is refused", async () => {
  await using sim = await faulty();
  const first = await rawSocket(sim);
  await first.ask(subscribe);
  await control(sim, [{ name: "refuse-resubscription" }]);
  first[Symbol.dispose]();
  await first.untilClosed();
  using second = await rawSocket(sim);
  const other = { method: "subscribe", subscription: { type: "bbo", coin: "BTC" } };
  expect(await second.ask(other)).toMatchObject({ channel: "subscriptionResponse" });
  await untilTrue("the bbo", () => second.frames.length === 2);
  expect(await second.ask(subscribe)).toEqual({
    channel: "error",
    data: 'Invalid subscription {"type":"candle","interval":"1m","coin":"BTC"}',
  });
});

test("late-frames: old candles come again behind newer ones", async () => {
  await using sim = await faulty({ name: "late-frames", value: 20 });
  using socket = await rawSocket(sim);
  await socket.ask(subscribe);
  sim.advance(2 * MINUTE_MS);
  await untilTrue("an old one behind a newer one", () => {
    const times = openTimesOf(socket);
    return times.some((time, index) => index > 0 && time < (times[index - 1] ?? 0));
  });
});

test("overtaken-frames: a frame comes behind one of a newer candle, and no second time", async () => {
  await using sim = await faulty({ name: "overtaken-frames", value: 20 });
  using socket = await rawSocket(sim);
  await socket.ask(subscribe);
  sim.advance(4 * MINUTE_MS);
  await untilTrue("an old one behind a newer one", () => {
    const times = openTimesOf(socket);
    return times.some((time, index) => index > 0 && time < (times[index - 1] ?? 0));
  });
});

test("corrected-frames: a finished candle comes once more, with one more trade", async () => {
  await using sim = await faulty({ name: "corrected-frames", value: 20 });
  using socket = await rawSocket(sim);
  await socket.ask(subscribe);
  sim.advance(2 * MINUTE_MS);
  const Traded = z.object({
    channel: z.literal("candle"),
    data: z.object({ t: z.int(), n: z.int() }),
  });
  await untilTrue("a correction behind a newer candle", () => {
    const candles = socket.frames.flatMap((frame) => Traded.safeParse(frame).data?.data ?? []);
    return candles.some(({ t, n }, index) => {
      const before = candles.slice(0, index);
      const states = before.filter((other) => other.t === t).map((other) => other.n);
      return before.some((other) => other.t > t) && n === Math.max(...states) + 1;
    });
  });
});

test("garbled-actions: an order is carried out, and its answer cannot be read", async () => {
  await using sim = await faulty({ name: "garbled-actions", value: 1 });
  const { bid } = await bestOf(sim);
  const [reply] = await Promise.allSettled([
    clientOf(sim, ALICE).order({ orders: [limit(bid - 10)] }),
  ]);
  expect(reply).not.toMatchObject({ value: { status: "ok" } });
  const open = await new InfoClient({ transport: httpTo(sim) }).openOrders({ user: ALICE.address });
  expect(open).toHaveLength(1);
});

test("rate-limit-info: 429 to a question, while an order is taken", async () => {
  await using sim = await faulty();
  const { bid } = await bestOf(sim);
  await control(sim, [{ name: "rate-limit-info" }]);
  const [asked] = await Promise.allSettled([new InfoClient({ transport: httpTo(sim) }).allMids()]);
  expect(asked).toMatchObject({ reason: { message: "429 Too Many Requests - null" } });
  expect((await clientOf(sim, ALICE).order({ orders: [limit(bid - 10)] })).status).toBe("ok");
});

test("duplicate-frames: every frame comes twice", async () => {
  await using sim = await faulty({ name: "duplicate-frames" });
  using socket = await rawSocket(sim);
  await socket.ask(subscribe);
  await untilTrue("the greeting", () => socket.frames.length === 2);
  sim.advance(2 * MINUTE_MS);
  await socket.ask({ method: "ping" });
  const pushed = socket.frames.slice(2, -1);
  expect(pushed.length).toBeGreaterThan(3);
  const even = pushed.filter((_, index) => index % 2 === 0);
  const odd = pushed.filter((_, index) => index % 2 === 1);
  expect(odd).toEqual(even);
});

test("omit-flat: a candle without trades is missing at first and there later", async () => {
  using temp = tempFolder();
  const epoch = 29_000_000 * MINUTE_MS;
  const rows = Array.from({ length: 12 }, (_, index) => {
    const volume = index === 6 ? 0 : 1;
    return `${epoch + index * MINUTE_MS},100,100,100,100,${volume}`;
  });
  await Bun.write(`${temp.path}/hl-BTC-1m.csv`, `t,o,h,l,c,v\n${rows.join("\n")}\n`);
  await using sim = await startSim(
    simOptions({
      market: { kind: "replay", folder: temp.path },
      coins: ["BTC"],
      faults: [{ name: "omit-flat", value: 90 }],
    }),
    { manual: true },
  );
  const info = new InfoClient({ transport: httpTo(sim) });
  const flatAt = epoch + 6 * MINUTE_MS;
  const isThere = async (): Promise<boolean> => {
    const rest = await info.candleSnapshot({ coin: "BTC", interval: "1m", startTime: flatAt });
    return rest.some(({ t }) => t === flatAt);
  };
  sim.advance(flatAt + MINUTE_MS + 1000 - sim.nowMs);
  expect(await isThere()).toBeFalse();
  sim.advance(89_000);
  expect(await isThere()).toBeTrue();
});

test("no-time: the exchange's time is not told so many times", async () => {
  await using sim = await faulty({ name: "no-time", value: 2 });
  const ask = async (): Promise<unknown> =>
    await httpTo(sim).request("info", { type: "exchangeStatus" });
  expect([await ask(), await ask()]).toEqual([null, null]);
  expect(await ask()).toEqual({ specialStatuses: null, time: sim.nowMs });
});

test("delisted: no subscription, no candle, and meta says so; the other coins are as they were", async () => {
  await using sim = await standingSim(
    { coins: ["BTC", "ETH"], faults: [{ name: "delisted", value: 1 }] },
    { pacing: { candleMs: 0 } },
  );
  const info = new InfoClient({ transport: httpTo(sim) });
  const { universe } = await info.meta();
  expect(universe.map(({ name, isDelisted }) => [name, isDelisted ?? false])).toEqual([
    ["BTC", true],
    ["ETH", false],
  ]);
  expect(await info.candleSnapshot({ coin: "BTC", interval: "1m", startTime: 0 })).toEqual([]);
  using socket = await rawSocket(sim);
  expect(await socket.ask(subscribe)).toMatchObject({ channel: "error" });
});

test("slow: replies and posts wait", async () => {
  await using sim = await faulty({ name: "slow", value: 60 });
  const began = performance.now();
  await new InfoClient({ transport: httpTo(sim) }).exchangeStatus();
  using socket = await rawSocket(sim);
  const request = { type: "info", payload: { type: "exchangeStatus" } };
  await socket.ask({ method: "post", id: 1, request });
  expect(performance.now() - began).toBeGreaterThanOrEqual(118);
});

test("clock-offset: the market, nonces and expiries go by the exchange's own clock", async () => {
  const DAY_MS = 86_400_000;
  const faults: SimFault[] = [{ name: "clock-offset", value: 3 * DAY_MS }];
  await using sim = await standingSim({ coins: ["BTC"], faults }, { clock: systemClock });
  const { time } = await new InfoClient({ transport: httpTo(sim) }).exchangeStatus();
  expect(time - Date.now()).toBeGreaterThan(2.9 * DAY_MS);
  const { bid } = await bestOf(sim);
  const order = clientOf(sim, ALICE).order({ orders: [limit(bid - 10)] });
  expect(await refusalOf(order)).toContain("nonce too low");
});

test("clock-offset: a clock that jumps takes the market ahead with it, and does not take it back", async () => {
  const HOUR_MS = 3_600_000;
  await using sim = await standingSim({ coins: ["BTC"] }, { clock: systemClock, manual: false });
  const info = new InfoClient({ transport: httpTo(sim) });
  const timeAt = async () => (await info.exchangeStatus()).time;
  const began = await timeAt();
  await control(sim, [{ name: "clock-offset", value: HOUR_MS }]);
  const ahead = await timeAt();
  expect(ahead - began).toBeGreaterThanOrEqual(HOUR_MS);
  const { bid } = await bestOf(sim);
  const place = async () => await clientOf(sim, ALICE).order({ orders: [limit(bid - 10)] });
  expect((await place()).status).toBe("ok");
  await control(sim, [{ name: "clock-offset", value: 5 * 24 * HOUR_MS }]);
  expect(await refusalOf(place())).toContain("nonce too low");
  const farAhead = await timeAt();
  await control(sim, []);
  expect(await timeAt()).toBeGreaterThanOrEqual(farAhead);
  expect((await place()).status).toBe("ok");
});
