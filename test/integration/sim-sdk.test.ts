/**
 * The SDK's clients, unmodified, through every method and stream that the simulator has;
 * the types that the SDK declares accept what they get.
 */
import { expect, test } from "bun:test";
import { ExchangeClient, InfoClient, SubscriptionClient } from "@nktkas/hyperliquid";
import type { z } from "zod";
import {
  AssetData,
  Best,
  Book,
  BookEvent,
  Candles,
  ExchangeStatus,
  Meta,
  MetaAndContexts,
  Mids,
  MidsEvent,
  OneCandle,
  OpenOrders,
  Rates,
  Trades,
} from "#test/integration/sim-market-shapes.ts";
import {
  Agents,
  ContextEvent,
  Events,
  Fills,
  FillsEvent,
  FrontendOrders,
  Funding,
  FundingsEvent,
  HistoricalOrders,
  OrderStatus,
  OrdersEvent,
  OrderUpdates,
  RateLimit,
  Role,
  State,
  StateEvent,
} from "#test/integration/sim-shapes.ts";
import {
  AGENT,
  ALICE,
  BOB,
  bestOf,
  clientOf,
  httpTo,
  limit,
  lower,
  standingSim,
  webSocketTo,
} from "#test/runner/exchange/support.ts";
import { untilTrue } from "#test/support/until.ts";

const HOUR_MS = 3_600_000;
const user = ALICE.address;
const CLOID = `0x${"c1".repeat(16)}` as const;

/** Notes what a stream sends, each held to its type. */
function heard<T>(schema: z.ZodType<T>): {
  readonly events: T[];
  readonly hear: (event: T) => void;
} {
  const events: T[] = [];
  return { events, hear: (event) => events.push(schema.parse(event)) };
}

const stop = (price: number, tpsl: "tp" | "sl", isMarket = true) => ({
  ...limit(price, { b: false, r: true }),
  t: { trigger: { isMarket, triggerPx: String(price), tpsl } },
});

test.each(["http", "websocket"])("a trader's day over %s", async (way) => {
  const accounts = [ALICE, BOB].map(({ address }) => ({ address: lower(address), usdc: 100_000 }));
  await using sim = await standingSim(
    { coins: ["BTC", "ETH"], accounts, agents: [] },
    { pacing: { accountMs: 5, contextMs: 0 } },
  );
  using socket = webSocketTo(sim);
  const transport = way === "http" ? httpTo(sim) : socket.transport;
  const info = new InfoClient({ transport });
  const alice = new ExchangeClient({ transport, wallet: ALICE });
  const streams = new SubscriptionClient({ transport: socket.transport });
  const updates = heard(OrderUpdates);
  const fills = heard(FillsEvent);
  const fundings = heard(FundingsEvent);
  const events = heard(Events);
  const states = heard(StateEvent);
  const orders = heard(OrdersEvent);
  const contexts = heard(ContextEvent);
  await streams.orderUpdates({ user }, updates.hear);
  await streams.userFills({ user }, fills.hear);
  await streams.userFundings({ user }, fundings.hear);
  await streams.userEvents({ user }, events.hear);
  await streams.clearinghouseState({ user }, states.hear);
  await streams.openOrders({ user }, orders.hear);
  await streams.activeAssetCtx({ coin: "BTC" }, contexts.hear);

  // Keys first: an API wallet, which then signs.
  await clientOf(sim, ALICE).approveAgent({ agentAddress: AGENT.address, agentName: "bot" });
  Agents.parse(await info.extraAgents({ user }));
  for (const address of [ALICE.address, AGENT.address, `0x${"9".repeat(40)}` as const]) {
    Role.parse(await info.userRole({ user: address }));
  }
  const bot = new ExchangeClient({ transport, wallet: AGENT });
  await bot.noop({ nonce: Date.now() - 1000 });
  await bot.updateLeverage({ asset: 0, isCross: false, leverage: 20 });

  // A position with its stop and target, another one cross, and orders that rest.
  const { bid, ask } = await bestOf(sim);
  const builder = { b: BOB.address, f: 5 } as const;
  await bot.order({
    orders: [
      { ...limit(ask + 500, { tif: "FrontendMarket" }), c: CLOID },
      stop(ask + 9000, "tp"),
      stop(bid - 2000, "sl", false),
    ],
    grouping: "normalTpsl",
    builder,
  });
  await bot.updateIsolatedMargin({ asset: 0, isBuy: true, ntli: 5_000_000 });
  const book = await info.l2Book({ coin: "ETH" });
  const ether = Number(book?.levels[1]?.[0]?.px);
  await alice.order({
    orders: [{ ...limit(ether * 1.01), a: 1, p: (ether + 10).toFixed(0), s: "1" }],
  });
  const resting = await alice.order({
    orders: [limit(bid - 5000), limit(bid - 6000, { tif: "Alo" })],
  });
  const [first] = resting.response.data.statuses;
  const oid = typeof first === "object" && "resting" in first ? first.resting.oid : 0;
  await alice.modify({ oid, order: limit(bid - 5500) });
  const placed = FrontendOrders.parse(await info.frontendOpenOrders({ user }));
  expect(placed).toHaveLength(4);
  const replaced = placed.find(({ limitPx }) => Number(limitPx) === bid - 5500)?.oid ?? 0;
  await alice.batchModify({
    modifies: [{ oid: replaced, order: { ...limit(bid - 5600), c: CLOID } }],
  });
  await alice.cancelByCloid({ cancels: [{ asset: 0, cloid: CLOID }] });
  await alice.order({
    orders: [{ ...stop(Math.round(ether * 0.9), "sl"), a: 1, s: "0" }],
    grouping: "positionTpsl",
  });
  const account = sim.exchange.users.find(lower(user))?.account;
  if (account === undefined) throw new Error("no account");
  account.volume += 1_000_000;
  await alice.scheduleCancel({ time: Date.now() + 3_600_000 });
  await alice.scheduleCancel();

  sim.advance(2 * HOUR_MS);
  State.parse(await info.clearinghouseState({ user }));
  expect(Funding.parse(await info.userFunding({ user, startTime: 0 }))).not.toEqual([]);

  // Ruin: the market takes what is cross; the isolated position stands.
  account.cash = 1;
  sim.advance(HOUR_MS);
  const left = State.parse(await info.clearinghouseState({ user }));
  expect(left.assetPositions.map(({ position }) => position.coin)).toEqual(["BTC"]);
  const all = Fills.parse(await info.userFills({ user }));
  expect(all.some(({ liquidation }) => liquidation !== undefined)).toBeTrue();
  expect(all.some(({ builderFee }) => builderFee !== undefined)).toBeTrue();
  expect(Fills.parse(await info.userFillsByTime({ user, startTime: 0 }))).toHaveLength(all.length);
  const past = HistoricalOrders.parse(await info.historicalOrders({ user }));
  const statuses = new Set(past.map(({ status }) => status));
  for (const status of ["filled", "canceled", "liquidatedCanceled"] as const) {
    expect(statuses).toContain(status);
  }
  for (const { order } of past) OrderStatus.parse(await info.orderStatus({ user, oid: order.oid }));
  RateLimit.parse(await info.userRateLimit({ user }));

  const open = FrontendOrders.parse(await info.frontendOpenOrders({ user }));
  await untilTrue("the end on every stream", () => {
    const state = states.events.at(-1)?.clearinghouseState;
    return state?.time === sim.nowMs && orders.events.at(-1)?.orders.length === open.length;
  });
  const told = fills.events.flatMap(({ fills: each }) => each);
  expect(new Set(told.map(({ tid }) => tid))).toEqual(new Set(all.map(({ tid }) => tid)));
  expect(told).toHaveLength(all.length);
  expect(fundings.events.length).toBeGreaterThan(1);
  expect(contexts.events.length).toBeGreaterThan(0);
  expect(updates.events.length).toBeGreaterThan(5);
  const kinds = new Set(events.events.flatMap((event) => Object.keys(event)));
  for (const kind of ["fills", "funding", "liquidation", "nonUserCancel"]) {
    expect(kinds).toContain(kind);
  }
});

test.each(["http", "websocket"])("the market, and orders at its edges, over %s", async (way) => {
  const accounts = [ALICE, BOB].map(({ address }) => ({ address: lower(address), usdc: 100_000 }));
  const agents = [
    { agent: lower(AGENT.address), account: lower(ALICE.address) },
    { agent: lower(AGENT.address), account: lower(BOB.address) },
  ];
  const pacing = { bookMs: 5, midsMs: 5, bboMs: 5, candleMs: 5 };
  await using sim = await standingSim({ coins: ["BTC", "ETH"], accounts, agents }, { pacing });
  using socket = webSocketTo(sim);
  const transport = way === "http" ? httpTo(sim) : socket.transport;
  const info = new InfoClient({ transport });
  const streams = new SubscriptionClient({ transport: socket.transport });
  const coin = "BTC";
  const [best, books, trades] = [heard(Best), heard(BookEvent), heard(Trades)];
  const [mids, candles] = [heard(MidsEvent), heard(OneCandle)];
  const taken = await Promise.all([
    streams.bbo({ coin }, best.hear),
    streams.l2Book({ coin }, books.hear),
    streams.trades({ coin }, trades.hear),
    streams.allMids(mids.hear),
    streams.candle({ coin, interval: "1m" }, candles.hear),
  ]);

  const { universe } = Meta.parse(await info.meta());
  expect(universe.map(({ name }) => name)).toEqual(["BTC", "ETH"]);
  const [again, contexts] = MetaAndContexts.parse(await info.metaAndAssetCtxs());
  expect(again.universe).toEqual(universe);
  expect(contexts).toHaveLength(2);
  expect(Object.keys(Mids.parse(await info.allMids()))).toEqual(["BTC", "ETH"]);
  expect(await info.spotMeta()).toMatchObject({ universe: [] });
  expect(await info.outcomeMeta()).toEqual({ outcomes: [], questions: [] });
  expect(await info.perpDexs()).toEqual([null]);
  expect(ExchangeStatus.parse(await info.exchangeStatus()).time).toBe(sim.nowMs);
  const { bid, ask } = await bestOf(sim);
  for (const joined of [{}, { nSigFigs: 5, mantissa: 5 }, { nSigFigs: 3 }] as const) {
    const book = Book.parse(await info.l2Book({ coin, ...joined }));
    expect(Number(book?.levels[0][0]?.px)).toBeLessThanOrEqual(bid);
    expect(Number(book?.levels[1][0]?.px)).toBeGreaterThanOrEqual(ask);
  }

  sim.advance(2 * HOUR_MS);
  const startTime = sim.nowMs - 3 * HOUR_MS;
  const past = Candles.parse(await info.candleSnapshot({ coin, interval: "15m", startTime }));
  expect(past.length).toBeGreaterThanOrEqual(12);
  expect(Rates.parse(await info.fundingHistory({ coin, startTime }))).toHaveLength(3);
  await untilTrue("every stream has spoken", () => {
    sim.advance(1000);
    return [best, books, trades, mids, candles].every(({ events }) => events.length > 1);
  });
  await Promise.all(taken.map(async (stream) => await stream.unsubscribe()));

  // For the account that signs, and by its vault's name for another.
  const bot = new ExchangeClient({ transport, wallet: AGENT });
  const vaultAddress = BOB.address;
  const low = Math.round((await bestOf(sim)).bid * 0.9);
  const before = AssetData.parse(await info.activeAssetData({ user, coin }));
  const { response } = await bot.order({ orders: [limit(low), limit(low - 10)] });
  await bot.order({ orders: [limit(low)] }, { vaultAddress });
  const after = AssetData.parse(await info.activeAssetData({ user, coin }));
  expect(Number(after.maxTradeSzs[0])).toBeLessThan(Number(before.maxTradeSzs[0]));
  expect(after.maxTradeSzs[1]).toBe(before.maxTradeSzs[1]);
  const [resting] = response.data.statuses;
  const oid = typeof resting === "object" && "resting" in resting ? resting.resting.oid : 0;
  await bot.cancel({ cancels: [{ a: 0, o: oid }] });
  const open = OpenOrders.parse(await info.openOrders({ user }));
  expect(open.map(({ limitPx }) => Number(limitPx))).toEqual([low - 10]);
  expect(OpenOrders.parse(await info.openOrders({ user: BOB.address }))).toHaveLength(1);
  const gone = OrderStatus.parse(await info.orderStatus({ user, oid }));
  expect(gone).toMatchObject({ order: { status: "canceled" } });
});
