/** Orders through the SDK's own ExchangeClient: signed, hashed and answered as on the exchange. */
import { expect, test } from "bun:test";
import { ExchangeClient, InfoClient, SubscriptionClient } from "@nktkas/hyperliquid";
import {
  ALICE,
  bestOf,
  clientOf,
  collect,
  httpTo,
  limit,
  lower,
  refusalOf,
  standingSim,
  webSocketTo,
} from "#test/runner/exchange/support.ts";

const MINUTE_MS = 60_000;

test("an aggressive order fills at the ask, and every query and stream knows of it", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  using socket = webSocketTo(sim);
  const streams = new SubscriptionClient({ transport: socket.transport });
  const user = ALICE.address;
  const fills = collect<{ isSnapshot?: true; user: string; fills: readonly unknown[] }>(2);
  const updates = collect<readonly { status: string; order: { sz: string } }[]>(1);
  const events = collect<unknown>(1);
  await streams.userFills({ user }, fills.listener);
  await streams.orderUpdates({ user }, updates.listener);
  await streams.userEvents({ user }, events.listener);
  const { ask } = await bestOf(sim);
  const reply = await clientOf(sim, ALICE).order({
    orders: [{ ...limit(ask + 100, { tif: "Ioc" }), c: `0x${"AB".repeat(16)}` }],
  });
  const [status] = reply.response.data.statuses;
  const cloid = `0x${"ab".repeat(16)}`;
  expect(status).toMatchObject({ filled: { totalSz: "0.01", avgPx: String(ask), cloid } });

  const info = new InfoClient({ transport: httpTo(sim) });
  const [fill] = await info.userFills({ user });
  // 0.01 BTC at 0.045 %, in whole millionths.
  const fee = Math.floor(ask * 4.5) / 1e6;
  expect(fill).toMatchObject({
    coin: "BTC",
    px: `${ask}.0`,
    sz: "0.01",
    side: "B",
    startPosition: "0.0",
    dir: "Open Long",
    closedPnl: "0.0",
    crossed: true,
    fee: String(fee),
    feeToken: "USDC",
    cloid,
    twapId: null,
  });
  expect(await info.userFillsByTime({ user, startTime: sim.nowMs })).toHaveLength(1);
  expect(await info.userFillsByTime({ user, startTime: sim.nowMs + 1 })).toHaveLength(0);
  const state = await info.clearinghouseState({ user });
  expect(state.assetPositions[0]?.position).toMatchObject({
    coin: "BTC",
    szi: "0.01",
    entryPx: `${ask}.0`,
  });
  const found = await info.orderStatus({ user, oid: fill?.oid ?? 0 });
  expect(found).toMatchObject({
    status: "order",
    order: { status: "filled", order: { sz: "0.0", cloid } },
  });
  expect(await info.orderStatus({ user, oid: cloid })).toEqual(found);
  expect(await info.orderStatus({ user, oid: 1 })).toEqual({ status: "unknownOid" });
  expect(await info.userRateLimit({ user })).toMatchObject({ nRequestsUsed: 1 });

  const [snapshot, delta] = await fills.done;
  expect(snapshot).toEqual({ isSnapshot: true, user: lower(user), fills: [] });
  expect(delta?.fills).toEqual(fill === undefined ? [] : [fill]);
  const [both] = await updates.done;
  expect(both?.map((each) => [each.status, each.order.sz])).toEqual([
    ["open", "0.01"],
    ["filled", "0.0"],
  ]);
  expect(await events.done).toEqual([{ fills: [fill] }]);
});

test("a resting order is open until the market trades through it, and can be cancelled", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const user = ALICE.address;
  const { bid } = await bestOf(sim);
  const cloid = `0x${"01".repeat(16)}` as const;
  const reply = await client.order({
    orders: [limit(bid - 1), limit(bid - 9000), { ...limit(bid - 9001), c: cloid }],
  });
  const oids = reply.response.data.statuses.map((status) =>
    typeof status === "object" && "resting" in status ? status.resting.oid : 0,
  );
  expect(await info.openOrders({ user })).toHaveLength(3);
  const [, second = 0] = oids;
  await client.cancel({ cancels: [{ a: 0, o: second }] });
  await client.cancelByCloid({ cancels: [{ asset: 0, cloid }] });
  const missing = "Order was never placed, already canceled, or filled. asset=0";
  expect(await refusalOf(client.cancel({ cancels: [{ a: 0, o: second }] }))).toContain(missing);
  expect(await refusalOf(client.cancelByCloid({ cancels: [{ asset: 0, cloid }] }))).toContain(
    missing,
  );
  const isFilled = async (): Promise<boolean> => (await info.openOrders({ user })).length === 0;
  for (let minute = 0; minute < 500 && !(await isFilled()); minute++) sim.advance(MINUTE_MS);
  const fills = await info.userFills({ user });
  expect(fills).toHaveLength(1);
  expect(fills[0]).toMatchObject({ crossed: false, oid: oids[0] });
  expect(Number(fills[0]?.px)).toBeLessThanOrEqual(bid - 1);
});

test("the exchange's own words refuse what it refuses", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const { bid, ask } = await bestOf(sim);
  const order = async (...orders: ReturnType<typeof limit>[]): Promise<string> =>
    await refusalOf(client.order({ orders }));
  expect(await order(limit(bid + 0.5))).toContain("Price must be divisible by tick size. asset=0");
  expect(await order(limit(bid, { s: "0.00001" }))).toContain(
    "Order must have minimum value of $10. asset=0",
  );
  expect(await order(limit(bid, { s: "50" }))).toContain(
    "Insufficient margin to place order. asset=0",
  );
  expect(await order(limit(bid, { r: true }))).toContain(
    "Reduce only order would increase position. asset=0",
  );
  expect(await order(limit(ask, { tif: "Alo" }))).toContain(
    `Post only order would have immediately matched, bbo was ${bid}@${ask}. asset=0`,
  );
  expect(await order(limit(bid - 500, { tif: "Ioc" }))).toContain(
    "Order could not immediately match against any resting orders. asset=0",
  );
  expect(await order(limit(bid - 500, { tif: "FrontendMarket" }))).toContain(
    "No liquidity available for market order. asset=0",
  );
  expect(await order(limit(1))).toContain(
    "Order price cannot be more than 95% away from the reference price",
  );
  expect(await order(limit(bid, { s: "0.000001" }))).toContain("Order has invalid size.");
  const info = new InfoClient({ transport: httpTo(sim) });
  expect(await info.openOrders({ user: ALICE.address })).toEqual([]);
});

test("a batch fails order by order, but one bad payload refuses all of it", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  const { bid } = await bestOf(sim);
  await refusalOf(client.order({ orders: [limit(bid - 50), limit(bid + 0.5)] }));
  expect(await info.openOrders({ user: ALICE.address })).toHaveLength(1);
  await refusalOf(client.order({ orders: [limit(bid - 60), limit(1)] }));
  expect(await info.openOrders({ user: ALICE.address })).toHaveLength(1);
});

test("leverage is set within the coin's limit and shown with the position", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const info = new InfoClient({ transport: httpTo(sim) });
  await client.updateLeverage({ asset: 0, isCross: false, leverage: 5 });
  const { ask } = await bestOf(sim);
  await client.order({ orders: [limit(ask + 50, { tif: "Ioc" })] });
  const state = await info.clearinghouseState({ user: ALICE.address });
  expect(state.assetPositions[0]?.position.leverage).toMatchObject({ type: "isolated", value: 5 });
  const change = async (isCross: boolean, leverage: number): Promise<string> =>
    await refusalOf(client.updateLeverage({ asset: 0, isCross, leverage }));
  expect(await change(true, 5)).toContain("Cannot switch leverage type with open position.");
  expect(await change(false, 41)).toContain("Invalid leverage value");
});

test("an order posted over the WebSocket is answered there", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  using socket = webSocketTo(sim);
  const client = new ExchangeClient({ transport: socket.transport, wallet: ALICE });
  const { bid } = await bestOf(sim);
  const reply = await client.order({ orders: [limit(bid - 10)] });
  expect(reply.response.data.statuses[0]).toMatchObject({ resting: {} });
  expect(await refusalOf(client.order({ orders: [limit(bid + 0.5)] }))).toContain("asset=0");
});

test("fills of several levels can be asked for as one", async () => {
  const usdc = 1_000_000;
  const accounts = [{ address: lower(ALICE.address), usdc }];
  await using sim = await standingSim({ coins: ["BTC"], accounts });
  const { ask } = await bestOf(sim);
  const reply = await clientOf(sim, ALICE).order({
    orders: [limit(ask + 20, { s: "10", tif: "Ioc" })],
  });
  const [status] = reply.response.data.statuses;
  const info = new InfoClient({ transport: httpTo(sim) });
  const user = ALICE.address;
  const single = await info.userFills({ user });
  expect(single.length).toBeGreaterThan(1);
  const joined = await info.userFills({ user, aggregateByTime: true });
  expect(joined).toHaveLength(1);
  const sum = (pick: (fill: (typeof single)[number]) => string): number =>
    single.reduce((total, fill) => total + Number(pick(fill)), 0);
  expect(single.map(({ px }) => px)).toEqual(
    single
      .map(({ px }) => px)
      .toSorted()
      .toReversed(),
  );
  expect(Number(joined[0]?.sz)).toBeCloseTo(
    sum((fill) => fill.sz),
    9,
  );
  expect(Number(joined[0]?.fee)).toBeCloseTo(
    sum((fill) => fill.fee),
    6,
  );
  expect(status).toMatchObject({ filled: { totalSz: joined[0]?.sz.replace(".0", "") } });
  expect(await info.userFillsByTime({ user, startTime: 0, aggregateByTime: true })).toEqual(joined);
});

test("201 orders or cancels in one action are too heavy", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const client = clientOf(sim, ALICE);
  const { bid } = await bestOf(sim);
  const text = "Signed action over weight limit of 200.";
  const orders = Array.from({ length: 201 }, () => limit(bid - 10));
  expect(await refusalOf(client.order({ orders }))).toContain(text);
  const cancels = Array.from({ length: 201 }, (_, o) => ({ a: 0, o }));
  expect(await refusalOf(client.cancel({ cancels }))).toContain(text);
});

test("a cancel must name the order's own coin", async () => {
  await using sim = await standingSim({ coins: ["BTC", "ETH"] });
  const client = clientOf(sim, ALICE);
  const { bid } = await bestOf(sim);
  const reply = await client.order({ orders: [limit(bid - 10)] });
  const [status] = reply.response.data.statuses;
  const o = typeof status === "object" && "resting" in status ? status.resting.oid : 0;
  expect(await refusalOf(client.cancel({ cancels: [{ a: 1, o }] }))).toContain("asset=1");
  expect((await client.cancel({ cancels: [{ a: 0, o }] })).status).toBe("ok");
});
