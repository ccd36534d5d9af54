/** A live child trades against the simulated exchange: the SDK, its signatures and HTTP are real. */
import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import {
  ExchangeClient,
  HttpRequestError,
  HttpTransport,
  InfoClient,
  type IRequestTransport,
} from "@nktkas/hyperliquid";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { type Sim, startSim } from "#runner/exchange/start-sim.ts";
import { NetworkTradePort } from "#runner/network/trade-port.ts";
import { PortTrade } from "#runner/trade/trade.ts";
import type { Reply, Request } from "#shared/child-message.ts";
import { clientOrderId, strategyTag, tagOf } from "#shared/cloid.ts";
import { Meta, OpenOrders } from "#shared/wire.ts";
import { candle, LiveChild } from "#test/support/live-child.ts";

const BUNDLE = resolve(import.meta.dir, "../../fixtures/strategies/trader.ts");
const KEY = `0x${"1".repeat(64)}` as const;
const ADDRESS = privateKeyToAccount(KEY).address.toLowerCase();

const ANY_NUMBER: unknown = expect.any(Number);
const containing = (text: string): unknown => expect.stringContaining(text);

/** Plays the manager: grants, counts, and knows the instruments. */
class Manager {
  readonly asked: Request[] = [];
  readonly #sim: Sim;
  #lastNonce = 0;

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  answer = async (request: Request): Promise<Reply> => {
    this.asked.push(request);
    if (request.kind === "nonce") {
      this.#lastNonce = Math.max(this.#sim.nowMs, this.#lastNonce + 1);
      return { kind: "nonce", nonce: this.#lastNonce };
    }
    if (request.kind !== "instrument") return { kind: "granted" };
    const meta = Meta.parse(await infoOf(this.#sim).meta());
    const instrument = meta.find(({ coin }) => coin === request.coin);
    if (instrument !== undefined) return { kind: "instrument", instrument };
    throw new Error(`the test asked for an unknown coin ${request.coin}`);
  };
}

const infoOf = (sim: Sim): InfoClient =>
  new InfoClient({ transport: new HttpTransport({ apiUrl: sim.http, isTestnet: true }) });

const start = async (): Promise<Sim> =>
  await startSim(
    {
      market: { kind: "seeded", seed: 7 },
      speed: 1,
      coins: ["BTC"],
      accounts: [],
      agents: [],
      open: true,
      port: 0,
      json: false,
    },
    { manual: true },
  );

/** Runs the actions, a candle each; the result of each as the strategy logged it. */
async function trade(
  sim: Sim,
  manager: Manager,
  actions: readonly string[],
): Promise<Record<string, unknown>[]> {
  const price = Number((await infoOf(sim).allMids())["BTC"]);
  using live = new LiveChild(
    {
      name: "trader",
      bundle: BUNDLE,
      params: { actions: [...actions] },
      endpoints: { isTestnet: true, http: sim.http, ws: sim.ws },
      account: { address: null, key: KEY },
    },
    manager.answer,
  );
  await live.ready();
  for (const index of actions.keys()) await live.deliver("live", candle("BTC", "1m", index, price));
  const results = live.logged().map((line) => line.slice(line.indexOf(" ") + 1));
  return results.map((text) => z.record(z.string(), z.unknown()).parse(wrapped(JSON.parse(text))));
}

const wrapped = (value: unknown): unknown =>
  typeof value === "object" && !Array.isArray(value) ? value : { value };

describe("this.trade on a network", () => {
  test("buys, rests, cancels and closes", async () => {
    await using sim = await start();
    const manager = new Manager(sim);
    const [bought, held, rested, open, cancelled, again, all, closed, flat, twice] = await trade(
      sim,
      manager,
      [
        "buy",
        "sdk",
        "limit",
        "openOrders",
        "cancel",
        "limit",
        "cancelAll",
        "close",
        "sdk",
        "close",
      ],
    );
    const tag = strategyTag("trader");
    expect(bought).toMatchObject({ kind: "filled", orderId: ANY_NUMBER });
    expect(tagOf(String(bought?.["clientOrderId"]))).toBe(tag);
    expect(held).toEqual({ value: 1 });
    expect(rested).toMatchObject({ kind: "resting", orderId: ANY_NUMBER });
    expect(open).toMatchObject({
      value: [{ coin: "BTC", side: "buy", orderId: rested?.["orderId"], price: rested?.["price"] }],
    });
    expect(cancelled).toEqual({ kind: "cancelled" });
    expect(again).toMatchObject({ kind: "resting" });
    expect(all).toEqual({ cancelled: 1, rejected: [] });
    expect(closed).toMatchObject({ kind: "filled", size: bought?.["size"] });
    expect(flat).toEqual({ value: 0 });
    expect(twice).toEqual({ kind: "rejected", reason: "there is no position in BTC" });
    expect(OpenOrders.parse(await infoOf(sim).openOrders({ user: ADDRESS }))).toEqual([]);
  });

  test("returns the exchange's own words where it says no", async () => {
    await using sim = await start();
    const results = await trade(sim, new Manager(sim), ["tiny", "alo", "leverage", "cancel"]);
    expect(results).toMatchObject([
      { kind: "rejected", reason: containing("minimum value of $10") },
      { kind: "rejected", reason: containing("Post only order would have") },
      { kind: "set" },
      { kind: "rejected", reason: containing("never placed, already canceled") },
    ]);
  });

  test("asks the manager for a nonce of each action, the weight of each request, each coin once", async () => {
    await using sim = await start();
    const manager = new Manager(sim);
    await trade(sim, manager, ["buy", "limit", "cancelAll"]);
    const costs = manager.asked.flatMap((request) =>
      request.kind === "weight" ? [`${request.priority} ${request.weight}`] : [],
    );
    expect(costs).toEqual(["order 2", "order 1", "order 1", "query 20", "cancel 1"]);
    expect(manager.asked.filter(({ kind }) => kind === "instrument")).toHaveLength(1);
    const signers = manager.asked.flatMap((request) =>
      request.kind === "nonce" ? [request.signer] : [],
    );
    expect(signers).toEqual([ADDRESS, ADDRESS, ADDRESS]);
  });

  test("an order that could not leave is rejected, not lost", async () => {
    const sim = await start();
    const manager = new Manager(sim);
    const { http, ws } = sim;
    using live = new LiveChild(
      {
        name: "trader",
        bundle: BUNDLE,
        params: { actions: ["limit", "limit"] },
        endpoints: { isTestnet: true, http, ws },
        account: { address: ADDRESS, key: KEY },
      },
      manager.answer,
    );
    await live.ready();
    await live.deliver("live", candle("BTC", "1m", 1, 50_000));
    await sim[Symbol.asyncDispose]();
    await live.deliver("live", candle("BTC", "1m", 2, 50_000));
    const [first, second] = live.logged();
    expect(first).toContain('"kind":"resting"');
    expect(second).toContain("the exchange cannot be reached");
  });
});

/** Hands every request on, and loses the reply to the next actions, as a connection that breaks does. */
class LosesReplies implements IRequestTransport {
  readonly isTestnet = true;
  readonly actions: unknown[] = [];
  lose = 0;
  readonly #http: HttpTransport;

  constructor(sim: Sim) {
    this.#http = new HttpTransport({ apiUrl: sim.http, isTestnet: true });
  }

  async request<T>(endpoint: "info" | "exchange", payload: unknown): Promise<T> {
    const reply = await this.#http.request<T>(endpoint, payload);
    if (endpoint === "info") return reply;
    this.actions.push(payload);
    if (this.lose === 0) return reply;
    this.lose -= 1;
    throw new HttpRequestError({ detail: "Request timed out after 5000 ms", request: payload });
  }
}

/** `this.trade` and the connection under it that breaks, and the best price to buy at. */
async function onBreaking(sim: Sim) {
  const transport = new LosesReplies(sim);
  const [instrument] = Meta.parse(await infoOf(sim).meta());
  if (instrument === undefined) throw new Error("the simulated exchange lists no coin");
  const port = new NetworkTradePort({
    exchange: new ExchangeClient({ transport, wallet: privateKeyToAccount(KEY) }),
    info: new InfoClient({ transport }),
    address: ADDRESS,
    instrument: async () => await Promise.resolve(instrument),
  });
  const tag = strategyTag("trader");
  let count = 0;
  const trader = new PortTrade({
    port,
    tag,
    nextClientOrderId: () => clientOrderId(tag, sim.nowMs, ++count),
    wait: async () => await Promise.resolve(),
  });
  const book = await port.topOfBook("BTC");
  if (book.kind === "lost" || book.ask === undefined) throw new Error("the book is empty");
  return { transport, trader, ask: book.ask };
}

describe("a reply that is lost on a network", () => {
  test("is found again: a limit rests, a market order was filled, both were sent once", async () => {
    await using sim = await start();
    const { transport, trader, ask } = await onBreaking(sim);
    transport.lose = 2;
    const price = ask / 2;
    const rested = await trader.limit({ coin: "BTC", side: "buy", size: 0.01, price });
    const bought = await trader.market({ coin: "BTC", side: "buy", size: 0.01 });
    expect(rested).toMatchObject({ kind: "resting", orderId: ANY_NUMBER });
    expect(bought).toMatchObject({ kind: "filled", size: 0.01, price: ANY_NUMBER });
    expect(transport.actions).toHaveLength(2);
    expect(await trader.openOrders()).toMatchObject([
      { orderId: "orderId" in rested ? rested.orderId : null },
    ]);
  });

  test("of an order that the exchange refused is found too", async () => {
    await using sim = await start();
    const { transport, trader, ask } = await onBreaking(sim);
    transport.lose = 1;
    const request = { coin: "BTC", side: "buy", size: 0.01, price: ask * 1.1 } as const;
    expect(await trader.limit({ ...request, timeInForce: "alo" })).toMatchObject({
      kind: "rejected",
      reason: "badAloPxRejected",
    });
  });
});
