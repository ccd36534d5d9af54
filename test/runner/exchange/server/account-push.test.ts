/** Streams of an account and of a coin's context, through the SDK's own SubscriptionClient. */
import { expect, test } from "bun:test";
import { InfoClient, SubscriptionClient } from "@nktkas/hyperliquid";
import type {
  ActiveAssetCtxEvent,
  ClearinghouseStateEvent,
  OpenOrdersEvent,
  UserEventsEvent,
  UserFundingsEvent,
} from "@nktkas/hyperliquid/api/subscription";
import type { Sim } from "#runner/exchange/start-sim.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  collect,
  httpTo,
  limit,
  lower,
  standingSim,
  webSocketTo,
} from "#test/runner/exchange/support.ts";
import { untilTrue } from "#test/support/until.ts";

const HOUR_MS = 3_600_000;
const user = ALICE.address;

const buy = async (sim: Sim, size = "0.01"): Promise<void> => {
  const { ask } = await bestOf(sim);
  await clientOf(sim, ALICE).order({ orders: [limit(ask + 200, { s: size, tif: "Ioc" })] });
};

test("funding comes as a snapshot, then hour by hour, and as an event", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  using socket = webSocketTo(sim);
  const streams = new SubscriptionClient({ transport: socket.transport });
  await buy(sim);
  sim.advance(HOUR_MS);
  const fundings = collect<UserFundingsEvent>(2);
  const events = collect<UserEventsEvent>(1);
  await streams.userFundings({ user }, fundings.listener);
  await streams.userEvents({ user }, events.listener);
  sim.advance(HOUR_MS);
  const [snapshot, next] = await fundings.done;
  const listed = await new InfoClient({ transport: httpTo(sim) }).userFunding({ user });
  const flat = listed.map(({ time, delta }) => {
    const { coin, usdc, szi, fundingRate, nSamples } = delta;
    return { time, coin, usdc, szi, fundingRate, nSamples };
  });
  const [first, second] = flat;
  expect(snapshot).toEqual({ isSnapshot: true, user: lowerHex(user), fundings: only(first) });
  expect(next).toEqual({ user: lowerHex(user), fundings: only(second) });
  expect(await events.done).toEqual([{ funding: only(second)[0] ?? never() }]);
});

const only = <T>(item: T | undefined): T[] => (item === undefined ? [] : [item]);
const never = (): never => {
  throw new Error("it is there");
};
const lowerHex = (address: string): `0x${string}` => `0x${lower(address).slice(2)}`;

test("the account's state, its orders and the coin's context are sent at once and again", async () => {
  await using sim = await standingSim(
    { coins: ["BTC"] },
    { pacing: { accountMs: 5, contextMs: 0 } },
  );
  using socket = webSocketTo(sim);
  const streams = new SubscriptionClient({ transport: socket.transport });
  const info = new InfoClient({ transport: httpTo(sim) });
  const states: ClearinghouseStateEvent[] = [];
  const orders: OpenOrdersEvent[] = [];
  const contexts: ActiveAssetCtxEvent[] = [];
  await streams.clearinghouseState({ user }, (event) => states.push(event));
  await streams.openOrders({ user }, (event) => orders.push(event));
  await streams.activeAssetCtx({ coin: "BTC" }, (event) => contexts.push(event));
  await untilTrue("the greetings", () => states.length * orders.length * contexts.length > 0);
  expect(orders[0]).toEqual({ dex: "", user: lowerHex(user), orders: [] });
  const [, [context]] = await info.metaAndAssetCtxs();
  expect(contexts[0]).toEqual({ coin: "BTC", ctx: context ?? never() });
  await buy(sim);
  const { bid } = await bestOf(sim);
  await clientOf(sim, ALICE).order({ orders: [limit(bid - 9000)] });
  sim.advance(60_000);
  await untilTrue("the order", () => orders.at(-1)?.orders.length === 1);
  expect(orders.at(-1)?.orders).toEqual(await info.frontendOpenOrders({ user }));
  await untilTrue(
    "the position",
    () => (states.at(-1)?.clearinghouseState.time ?? 0) === sim.nowMs,
  );
  expect(states.at(-1)?.clearinghouseState).toEqual(await info.clearinghouseState({ user }));
  await untilTrue("the next context", () => contexts.length > 1);
});

test("a liquidation is told with its fills and the orders that it cancelled", async () => {
  const accounts = [{ address: lower(user), usdc: 1000 }];
  await using sim = await standingSim({ coins: ["BTC"], accounts });
  using socket = webSocketTo(sim);
  const streams = new SubscriptionClient({ transport: socket.transport });
  await clientOf(sim, ALICE).updateLeverage({ asset: 0, isCross: true, leverage: 40 });
  const { bid, ask } = await bestOf(sim);
  const events: UserEventsEvent[] = [];
  const size = (990 * 39) / ask;
  await buy(sim, size.toFixed(3));
  await clientOf(sim, ALICE).order({
    orders: [{ ...limit(bid + 9000, { b: false, s: "0.001" }), r: true }],
  });
  await streams.userEvents({ user }, (event) => events.push(event));
  const account = sim.exchange.users.find(lower(user))?.account;
  if (account === undefined) throw new Error("no account");
  account.cash -= 500;
  sim.advance(60_000);
  const kinds = (): string[] => events.flatMap((event) => Object.keys(event));
  await untilTrue("the liquidation", () => kinds().includes("nonUserCancel"));
  expect(new Set(kinds())).toEqual(new Set(["liquidation", "fills", "nonUserCancel"]));
  const [liquidation] = events;
  expect(liquidation).toMatchObject({
    liquidation: { lid: 1, liquidated_user: lower(user) },
  });
  const fills = events.flatMap((event) => ("fills" in event ? event.fills : []));
  expect(fills.at(-1)).toMatchObject({
    dir: "Close Long",
    liquidation: { liquidatedUser: lower(user) },
  });
  const info = new InfoClient({ transport: httpTo(sim) });
  expect((await info.clearinghouseState({ user })).assetPositions).toEqual([]);
  expect(await info.openOrders({ user })).toEqual([]);
});
