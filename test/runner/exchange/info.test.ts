/** The SDK's own clients, unmodified, against the simulated market. */
import { expect, test } from "bun:test";
import { InfoClient, SubscriptionClient } from "@nktkas/hyperliquid";
import { SymbolConverter } from "@nktkas/hyperliquid/utils";
import { WireCandle } from "#shared/candle.ts";
import {
  ALICE,
  collect,
  httpTo,
  lower,
  standingSim,
  webSocketTo,
} from "#test/runner/exchange/support.ts";

const MINUTE_MS = 60_000;

test("the universe, spot, outcomes and dexes let SymbolConverter find asset ids", async () => {
  await using sim = await standingSim({ coins: ["SOL", "BTC"] });
  const transport = httpTo(sim);
  const converter = await SymbolConverter.create({ transport, dexs: true });
  expect(converter.getAssetId("BTC")).toBe(0);
  expect(converter.getAssetId("SOL")).toBe(1);
  expect(converter.getSzDecimals("SOL")).toBe(2);
  expect(await new InfoClient({ transport }).perpDexs()).toEqual([null]);
});

test("market info has the exchange's forms", async () => {
  await using sim = await standingSim({ coins: ["BTC", "ETH"] });
  const info = new InfoClient({ transport: httpTo(sim) });
  const mids = await info.allMids();
  expect(Object.keys(mids)).toEqual(["BTC", "ETH"]);
  const [meta, contexts] = await info.metaAndAssetCtxs();
  expect(meta).toEqual(await info.meta());
  expect(contexts.map((context) => context.midPx)).toEqual(Object.values(mids));
  const book = await info.l2Book({ coin: "BTC" });
  expect(book?.levels.map((side) => side.length)).toEqual([20, 20]);
  const [bid, ask] = [book?.levels[0]?.[0]?.px, book?.levels[1]?.[0]?.px];
  expect(Number(ask) - Number(bid)).toBe(1);
  expect(await info.l2Book({ coin: "NOPE" })).toBeNull();
  expect(await info.exchangeStatus()).toEqual({ specialStatuses: null, time: sim.nowMs });
  const joined = await info.l2Book({ coin: "BTC", nSigFigs: 3 });
  for (const level of joined?.levels.flat() ?? []) expect(Number(level.px) % 1000).toBe(0);
});

test("funding is hourly, at most 500 rows, oldest first", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const info = new InfoClient({ transport: httpTo(sim) });
  const rates = await info.fundingHistory({ coin: "BTC", startTime: 0 });
  expect(rates).toHaveLength(500);
  const [first, second] = rates.map(({ time }) => time);
  expect((second ?? 0) - (first ?? 0)).toBe(3_600_000);
  const recent = await info.fundingHistory({ coin: "BTC", startTime: sim.nowMs - 7_200_000 });
  expect(recent).toHaveLength(2);
  const endTime = sim.nowMs + 36_000_000;
  expect(await info.fundingHistory({ coin: "BTC", startTime: sim.nowMs, endTime })).toEqual([]);
});

test("candleSnapshot gives what overlaps the range, the open candle last", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const info = new InfoClient({ transport: httpTo(sim) });
  const openMs = Math.floor(sim.nowMs / MINUTE_MS) * MINUTE_MS;
  const startTime = openMs - 3 * MINUTE_MS + 1;
  const wire = await info.candleSnapshot({ coin: "BTC", interval: "1m", startTime });
  expect(wire.map(({ t }) => (t - openMs) / MINUTE_MS)).toEqual([-3, -2, -1, 0]);
  for (const row of wire) expect(() => WireCandle.parse(row)).not.toThrow();
  const newest = await info.candleSnapshot({ coin: "BTC", interval: "1m", startTime: 0 });
  expect(newest).toHaveLength(5000);
  expect(newest.at(-1)?.t).toBe(openMs);
  const long = await info.candleSnapshot({ coin: "BTC", interval: "1M", startTime: 0 });
  expect(long.at(-1)?.t ?? 0).toBeLessThanOrEqual(openMs);
});

test("an unknown type and a malformed body are refused as the exchange does", async () => {
  await using sim = await standingSim();
  const post = async (body: string): Promise<[number, string]> => {
    const response = await fetch(`${sim.http}/info`, { method: "POST", body });
    return [response.status, await response.text()];
  };
  const unprocessable = "Failed to deserialize the JSON body into the target type";
  expect(await post('{"type":"nope"}')).toEqual([422, unprocessable]);
  expect(await post('{"type":"candleSnapshot"}')).toEqual([422, unprocessable]);
  expect(await post("nonsense")).toEqual([400, "Failed to parse the request body as JSON"]);
});

test("every market stream greets its subscriber and follows the trades", async () => {
  await using sim = await standingSim(
    { coins: ["BTC", "ETH"] },
    { pacing: { candleMs: 0, bboMs: 0, bookMs: 0, fastBookMs: 0, midsMs: 0 } },
  );
  using socket = webSocketTo(sim);
  const { transport } = socket;
  const client = new SubscriptionClient({ transport });
  sim.advance(MINUTE_MS);
  const candles = collect<{ t: number; c: string }>(2);
  const trades = collect<readonly { px: string }[]>(2);
  const bbo = collect<unknown>(2);
  const book = collect<unknown>(2);
  const mids = collect<{ mids: Record<string, string> }>(2);
  const subscriptions = await Promise.all([
    client.candle({ coin: "BTC", interval: "1m" }, candles.listener),
    client.trades({ coin: "BTC" }, trades.listener),
    client.bbo({ coin: "BTC" }, bbo.listener),
    client.l2Book({ coin: "BTC" }, book.listener),
    client.allMids(mids.listener),
  ]);
  sim.advance(MINUTE_MS / 4);
  const [, latest] = await trades.done;
  expect((await candles.done)[1]?.c).toBe(latest?.at(-1)?.px ?? "");
  const [before, after] = await mids.done;
  expect(before?.mids).not.toEqual(after?.mids ?? {});
  expect(await bbo.done).toHaveLength(2);
  expect(await book.done).toHaveLength(2);
  await Promise.all(subscriptions.map(async (each) => await each.unsubscribe()));
});

test("info can be asked over the WebSocket too", async () => {
  await using sim = await standingSim();
  using socket = webSocketTo(sim);
  const { transport } = socket;
  const info = new InfoClient({ transport });
  expect(await info.meta()).toEqual(await new InfoClient({ transport: httpTo(sim) }).meta());
  const state = await info.clearinghouseState({ user: ALICE.address });
  expect(state.withdrawable).toBe("10000.0");
  expect(await info.userRole({ user: ALICE.address })).toEqual({ role: "user" });
  expect(lower(ALICE.address)).toStartWith("0x");
});
