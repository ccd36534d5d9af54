/** Groups of orders, modifications and the dead man's switch, through the SDK's own ExchangeClient. */
import { expect, test } from "bun:test";
import { InfoClient } from "@nktkas/hyperliquid";
import { CancelSchedule } from "#runner/exchange/cancel-schedule.ts";
import { systemClock } from "#shared/clock.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  httpTo,
  limit,
  refusalOf,
  standingSim,
} from "#test/runner/exchange/support.ts";
import { untilTrue } from "#test/support/until.ts";

const user = ALICE.address;
const DAY_MS = 86_400_000;

/** A reduce-only sell that waits for a price. */
const closing = (tpsl: "tp" | "sl", price: number, size = "0.01") => ({
  ...limit(price, { b: false, s: size, r: true }),
  t: { trigger: { isMarket: true, triggerPx: String(price), tpsl } },
});

test("a parent's children are shown in it and beside it, in the exchange's words", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const { bid } = await bestOf(sim);
  const price = bid - 100;
  const reply = await client.order({
    orders: [limit(price), closing("tp", price + 5000), closing("sl", price - 5000)],
    grouping: "normalTpsl",
  });
  expect(reply.response.data.statuses).toMatchObject([
    { resting: {} },
    "waitingForFill",
    "waitingForFill",
  ]);
  const orders = await new InfoClient({ transport: httpTo(sim) }).frontendOpenOrders({ user });
  expect(orders).toHaveLength(3);
  const [parent, profit, stop] = orders;
  expect(parent).toMatchObject({
    orderType: "Limit",
    tif: "Gtc",
    isTrigger: false,
    triggerPx: "0.0",
    triggerCondition: "N/A",
    isPositionTpsl: false,
  });
  expect(parent?.children).toEqual([profit, stop].filter((each) => each !== undefined));
  expect(profit).toMatchObject({
    orderType: "Take Profit Market",
    tif: null,
    isTrigger: true,
    reduceOnly: true,
    triggerCondition: `Price above ${price + 5000}`,
    triggerPx: `${price + 5000}.0`,
  });
  expect(stop).toMatchObject({
    orderType: "Stop Market",
    triggerCondition: `Price below ${price - 5000}`,
  });
});

test("orders of a position are as large as it is; the market fires them", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const { ask } = await bestOf(sim);
  await client.order({ orders: [limit(ask + 50, { tif: "FrontendMarket" })] });
  await client.order({
    orders: [closing("tp", ask + 200, "0"), closing("sl", ask - 200, "0")],
    grouping: "positionTpsl",
  });
  const placed = await info.frontendOpenOrders({ user });
  expect(placed.map(({ sz, isPositionTpsl }) => [sz, isPositionTpsl])).toEqual([
    ["0.0", true],
    ["0.0", true],
  ]);
  const isOpen = async (): Promise<boolean> => (await info.openOrders({ user })).length > 0;
  for (let minute = 0; minute < 500 && (await isOpen()); minute++) sim.advance(60_000);
  const state = await info.clearinghouseState({ user });
  expect(state.assetPositions).toEqual([]);
  const history = await info.historicalOrders({ user });
  expect(history.map(({ status }) => status).toSorted()).toEqual([
    "filled",
    "filled",
    "siblingFilledCanceled",
  ]);
});

test("what a group is refused for", async () => {
  await using sim = await standingSim({ coins: ["BTC", "ETH"] });
  const client = clientOf(sim, ALICE);
  const { bid } = await bestOf(sim);
  const group = async (
    grouping: "normalTpsl" | "positionTpsl",
    ...orders: (ReturnType<typeof limit> | ReturnType<typeof closing>)[]
  ): Promise<string> => await refusalOf(client.order({ orders, grouping }));
  const stop = closing("sl", bid - 500);
  const parent = limit(bid - 100);
  expect(await group("normalTpsl", parent, limit(bid - 50))).toContain("must close what the first");
  expect(await group("normalTpsl", parent, { ...stop, b: true })).toContain("must close what");
  expect(await group("normalTpsl", stop, stop)).toContain("must close what the first");
  expect(await group("normalTpsl", parent, { ...stop, r: false })).toContain("reduce only");
  expect(await group("positionTpsl", parent)).toContain("must have a trigger");
  expect(await group("normalTpsl", limit(bid - 100, { s: "50" }), stop)).toContain(
    "Insufficient margin to place order. asset=0",
  );
  const info = new InfoClient({ transport: httpTo(sim) });
  expect(await info.openOrders({ user })).toEqual([]);
});

test("modify cancels and places anew: a new id, the same client id", async () => {
  await using sim = await standingSim({ coins: ["BTC", "ETH"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const { bid, ask } = await bestOf(sim);
  const cloid = `0x${"0c".repeat(16)}` as const;
  const order = { ...limit(bid - 10), c: cloid };
  await client.order({ orders: [order] });
  const [before] = await info.openOrders({ user });
  const oid = before?.oid ?? 0;
  expect(await client.modify({ oid, order: { ...order, p: String(bid - 20) } })).toEqual({
    status: "ok",
    response: { type: "default" },
  });
  const [after] = await info.openOrders({ user });
  expect(after).toMatchObject({ limitPx: `${bid - 20}.0`, cloid });
  expect(after?.oid).not.toBe(oid);
  const batch = await client.batchModify({
    modifies: [{ oid: cloid, order: { ...order, p: String(bid - 30) } }],
  });
  expect(batch.response.data.statuses).toMatchObject([{ resting: { cloid } }]);

  const change = async (
    changes: Partial<typeof order>,
    always?: true,
    which: number | `0x${string}` = cloid,
  ): Promise<string> =>
    await refusalOf(
      client.modify({
        oid: which,
        order: { ...order, ...changes },
        ...(always === undefined ? {} : { a: always }),
      }),
    );
  const invalid = "Attempted to modify to invalid new order";
  expect(await change({ p: String(ask) })).toContain(invalid);
  expect(await change(limit(ask, { tif: "Ioc" }))).toContain(invalid);
  const [current] = await info.openOrders({ user });
  expect(await change({ a: 1, p: "3000" }, undefined, current?.oid)).toContain(invalid);
  expect(await change({}, undefined, oid)).toContain("Cannot modify canceled or filled order");
  expect(await change({ s: "0" })).toContain("Order has zero size.");
  expect(await info.openOrders({ user })).toHaveLength(1);
  expect(await change({ p: "100000.5" }, true)).toContain("Price must be divisible by tick size.");
  expect(await info.openOrders({ user })).toEqual([]);
  await client.modify({ oid, order: { ...order, p: String(ask) }, a: true });
  expect(await info.userFills({ user })).toHaveLength(1);
});

test("a stop can be moved as it is", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const { bid, ask } = await bestOf(sim);
  await client.order({ orders: [limit(ask + 50, { tif: "Ioc" }), closing("sl", bid - 500)] });
  const [stop] = await info.openOrders({ user });
  await client.modify({ oid: stop?.oid ?? 0, order: closing("sl", bid - 400) });
  expect(await info.frontendOpenOrders({ user })).toMatchObject([{ triggerPx: `${bid - 400}.0` }]);
});

test("a builder's fee is charged with the exchange's", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const { ask } = await bestOf(sim);
  const orders = [limit(ask + 50, { tif: "Ioc" })];
  const b = `0x${"0b".repeat(20)}` as const;
  await client.order({ orders, builder: { b, f: 10 } });
  const [fill] = await new InfoClient({ transport: httpTo(sim) }).userFills({ user });
  const builderFee = Math.floor(ask) / 1e6;
  expect(Number(fill?.builderFee)).toBeCloseTo(builderFee, 6);
  expect(Number(fill?.fee)).toBeCloseTo(builderFee * 5.5, 5);
  expect(await refusalOf(client.order({ orders, builder: { b, f: 101 } }))).toContain(
    "Builder fee has not been approved",
  );
});

test("a dead man's switch cancels what is open, on our clock", async () => {
  const clock = { ...systemClock, wallMs: Date.now(), now: (): number => clock.wallMs };
  await using sim = await standingSim({ coins: ["BTC"] }, { clock });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const { bid } = await bestOf(sim);
  await client.order({ orders: [limit(bid - 10), limit(bid - 20)] });
  const time = clock.wallMs + 10_000;
  expect(await refusalOf(client.scheduleCancel({ time }))).toContain(
    "Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $0.",
  );
  const account = sim.exchange.users.find(user.toLowerCase())?.account;
  if (account === undefined) throw new Error("no account");
  account.volume = 1_000_000;
  await client.scheduleCancel({ time });
  await client.scheduleCancel();
  await client.scheduleCancel({ time });
  sim.exchange.cancelScheduled(time - 1);
  expect(await info.openOrders({ user })).toHaveLength(2);
  clock.wallMs = time;
  await untilTrue("the switch", () => account.orders.size === 0);
  const history = await info.historicalOrders({ user });
  expect(history.map(({ status }) => status)).toEqual(["scheduledCancel", "scheduledCancel"]);
});

test("a dead man's switch is set 5 s ahead at least, and goes off 10 times a day at most", () => {
  const schedule = new CancelSchedule();
  const start = 20_000 * DAY_MS;
  const set = (atMs: number, nowMs: number) => schedule.set(atMs, nowMs, 1e6);
  expect(set(start + 4999, start)).toContain("at least 5 seconds");
  for (let count = 0; count < 10; count++) {
    expect(set(start + 5000, start)).toBeUndefined();
    expect(schedule.takeDue(start + 4999)).toBeFalse();
    expect(schedule.takeDue(start + 5000)).toBeTrue();
    expect(schedule.takeDue(start + 5000)).toBeFalse();
  }
  expect(set(start + 6000, start + 100)).toContain("10 times today");
  expect(set(start + 2 * DAY_MS, start + DAY_MS)).toBeUndefined();
});
