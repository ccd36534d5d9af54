/** A strategy on paper in a process of its own, at prices of the simulated exchange. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { Sim } from "#runner/exchange/start-sim.ts";
import type { Candle } from "#shared/candle.ts";
import type { Reply, Request } from "#shared/child-message.ts";
import { PAPER_ACCOUNT_DEFAULT } from "#shared/settings.ts";
import { Meta } from "#shared/wire.ts";
import { standingSim } from "#test/runner/exchange/support.ts";
import { candle, LiveChild } from "#test/support/live-child.ts";
import { TempFolder } from "#test/support/runner-child.ts";
import { untilTrue } from "#test/support/until.ts";

const BUNDLE = resolve(import.meta.dir, "../../fixtures/strategies/desk.ts");

/** A simulated network, the manager that stands before it, and a folder for the account. */
class Desk implements AsyncDisposable {
  readonly sim: Sim;
  readonly asked: Request[] = [];
  readonly #folder = new TempFolder();
  /** Minutes that have been told. */
  #minute: number;

  private constructor(sim: Sim) {
    this.sim = sim;
    this.#minute = Math.floor(sim.nowMs / 60_000);
  }

  static async open(): Promise<Desk> {
    return new Desk(await standingSim({ open: true }));
  }

  get price(): number {
    return this.sim.exchange.market.of("BTC").price;
  }

  start(actions: readonly string[], params: Record<string, unknown> = {}): LiveChild {
    return new LiveChild(
      {
        name: "desk",
        bundle: BUNDLE,
        params: { actions: [...actions], ...params },
        mode: "paper",
        paper: { database: this.#folder.file("desk.paper.db"), account: PAPER_ACCOUNT_DEFAULT },
        database: this.#folder.file("desk.db"),
        endpoints: { isTestnet: true, http: this.sim.http, ws: this.sim.ws },
      },
      (request) => this.#answer(request),
    );
  }

  #answer(request: Request): Reply {
    this.asked.push(request);
    if (request.kind !== "instrument") return { kind: "granted" };
    const { market } = this.sim.exchange;
    const universe = market.universe.map(({ coin, sizeDecimals, maxLeverage }) => ({
      name: coin,
      szDecimals: sizeDecimals,
      maxLeverage,
    }));
    const instrument = Meta.parse({ universe }).find(({ coin }) => coin === request.coin);
    if (instrument === undefined) throw new Error(`unknown coin ${request.coin}`);
    return { kind: "instrument", instrument };
  }

  /** The next minute of the market, at the price that the network has, but for what is said. */
  minute(changes: Partial<Candle> = {}): Candle {
    this.#minute += 1;
    const flat = candle("BTC", "1m", this.#minute, this.price);
    return { ...flat, high: this.price, low: this.price, ...changes };
  }

  /** An hour of the network passes, of which nobody is told. */
  hour(): void {
    this.sim.advance(3_600_000);
    this.#minute = Math.floor(this.sim.nowMs / 60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sim[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** What it logged after this word. */
const told = (live: LiveChild, what: string): unknown[] =>
  live
    .logged()
    .filter((line) => line.startsWith(`${what}: `))
    .map((line): unknown => JSON.parse(line.slice(what.length + 2)));

async function kill(live: LiveChild): Promise<void> {
  live.child.signal("SIGKILL");
  await untilTrue("the child is gone", () => !existsSync(`/proc/${live.child.pid}`));
}

const fillsOf = (live: LiveChild): unknown[] => told(live, "fill");

describe("orders on paper", () => {
  test("fill at the network's book, the fill told before the next candle, none leaves", async () => {
    await using desk = await Desk.open();
    const idsThere = desk.sim.exchange.matching.nextIds;
    using live = desk.start(["market", "close"]);
    await live.ready();
    await live.deliver("live", desk.minute());
    await live.deliver("live", desk.minute());
    const ask = desk.sim.exchange.market.of("BTC").quote().asks[0]?.price ?? 0;
    const bid = desk.sim.exchange.market.of("BTC").quote().bids[0]?.price ?? 0;
    expect(live.logged().map((line) => line.slice(0, line.indexOf(":")))).toEqual([
      "market",
      "fill",
      "close",
      "fill",
    ]);
    expect(told(live, "market")).toMatchObject([{ kind: "filled", size: 0.002, price: ask }]);
    expect(fillsOf(live)).toMatchObject([
      { side: "buy", size: 0.002, price: ask, taker: true },
      { side: "sell", size: 0.002, price: bid, taker: true },
    ]);
    // The network has not seen an order, and no nonce was taken for one.
    expect(desk.sim.exchange.matching.nextIds).toEqual(idsThere);
    expect(desk.asked.filter(({ kind }) => kind === "nonce")).toEqual([]);
    const weights = desk.asked.flatMap((request) =>
      request.kind === "weight" ? [request.priority] : [],
    );
    expect(new Set(weights)).toEqual(new Set(["order"]));
  });

  test("through the SDK do the same as through this.trade", async () => {
    await using desk = await Desk.open();
    using live = desk.start([
      "market",
      "sdk market",
      "rest",
      "sdk rest",
      "sdk state",
      "sdk refused",
      "sdk cloid",
    ]);
    await live.ready();
    for (let count = 0; count < 7; count++) await live.deliver("live", desk.minute());
    const [first, second] = fillsOf(live);
    expect(second).toEqual(first);
    expect(told(live, "sdk market")).toMatchObject([{ filled: { totalSz: "0.002" } }]);
    expect(told(live, "sdk rest")).toMatchObject([{ resting: {} }]);
    expect(told(live, "sdk state")).toMatchObject([
      { sizes: ["0.004"], fills: 2, orders: [{ sz: "0.001" }, { sz: "0.001" }] },
    ]);
    expect(told(live, "sdk refused")).toEqual([expect.stringContaining("invalid size")]);
    expect(told(live, "sdk cloid")).toEqual(["order"]);
  });

  test("rest until a candle trades through them, while it is open or when it has closed", async () => {
    await using desk = await Desk.open();
    using live = desk.start(["rest", "rest"]);
    const { forming } = await live.ready();
    expect(forming).toBe(true);
    await live.deliver("live", desk.minute());
    const limit = Math.round(desk.price * 0.99);
    // At its price, not through it.
    await live.deliver("live", desk.minute({ low: limit }));
    expect(fillsOf(live)).toEqual([]);
    const next = desk.minute({ low: limit });
    live.child.send({ kind: "forming", candle: { ...next, volume: 1 } });
    live.child.send({ kind: "forming", candle: { ...next, volume: 2, low: limit - 5 } });
    await untilTrue("the orders are filled", () => fillsOf(live).length === 2);
    const fill = { side: "buy", size: 0.001, price: limit, taker: false };
    expect(fillsOf(live)).toMatchObject([fill, fill]);
    await live.deliver("live", { ...next, volume: 3, low: limit - 5 });
    expect(fillsOf(live)).toHaveLength(2);
  });

  test("from a timer between hooks are told of at once", async () => {
    await using desk = await Desk.open();
    using live = desk.start(["later"]);
    await live.ready();
    await live.deliver("live", desk.minute());
    await untilTrue("the fill is told", () => fillsOf(live).length === 1);
  });

  test("of a coin that is not fed bring its candles of a minute", async () => {
    await using desk = await Desk.open();
    using live = desk.start(["unfed"]);
    await live.ready();
    await live.deliver("live", desk.minute());
    expect(told(live, "unfed")).toMatchObject([{ kind: "filled", size: 0.1 }]);
    expect(desk.asked).toContainEqual({
      kind: "subscribe",
      feed: { coin: "ETH", timeframe: "1m", warmup: 0 },
    });
    live.stop();
    expect(await live.child.ended()).toBe(0);
    using again = desk.start([]);
    const { feeds } = await again.ready();
    expect(feeds.map(({ coin, timeframe }) => `${coin} ${timeframe}`)).toEqual([
      "BTC 1m",
      "ETH 1m",
    ]);
  });
});

test("a feed of the account is handed to the strategy, and back", async () => {
  await using desk = await Desk.open();
  using live = desk.start(["unfed", "take", "drop"]);
  await live.ready();
  for (let count = 0; count < 3; count++) await live.deliver("live", desk.minute());
  const feeds = desk.asked.flatMap((request) =>
    request.kind === "subscribe" || request.kind === "unsubscribe"
      ? [`${request.kind} ${request.feed.coin} ${request.feed.warmup}`]
      : [],
  );
  expect(feeds).toEqual([
    "subscribe ETH 0",
    // The manager warms up only what is not held yet.
    "unsubscribe ETH 0",
    "subscribe ETH 3",
    "unsubscribe ETH 0",
    // A position is open: its price must be known.
    "subscribe ETH 0",
  ]);
});

test("a price that cannot be had refuses the order, and nothing was placed", async () => {
  await using desk = await Desk.open();
  using live = desk.start(["rest", "orders"]);
  await live.ready();
  await desk.sim[Symbol.asyncDispose]();
  await live.deliver("live", desk.minute());
  await live.deliver("live", desk.minute());
  const reason: unknown = expect.stringContaining("the network did not tell the price of BTC");
  expect(told(live, "rest")).toEqual([{ kind: "rejected", reason }]);
  expect(told(live, "orders")).toEqual([[]]);
});

describe("a restart", () => {
  test("killed with -9, finds position and orders, and fills what the market passed meanwhile", async () => {
    await using desk = await Desk.open();
    const limit = Math.round(desk.price * 0.99);
    {
      using live = desk.start(["market", "rest twice"]);
      await live.ready();
      await live.deliver("live", desk.minute());
      await live.deliver("live", desk.minute());
      await kill(live);
    }
    using live = desk.start(["sdk state", "orders"]);
    await live.ready();
    await live.deliver("warmup", desk.minute(), desk.minute({ low: limit - 1 }));
    await live.deliver("live", desk.minute());
    await live.deliver("live", desk.minute());
    expect(live.logged().map((line) => line.split(" ")[0])).toEqual([
      "fill:",
      "fill:",
      "warm",
      "warm",
      "sdk",
      "orders:",
    ]);
    expect(fillsOf(live)).toMatchObject([
      { price: limit, taker: false },
      { price: limit, taker: false },
    ]);
    expect(told(live, "sdk state")).toMatchObject([{ sizes: ["0.004"], fills: 3, orders: [] }]);
    expect(told(live, "orders")).toEqual([[]]);
  });

  test("tells a fill that the run before was not told of, once", async () => {
    await using desk = await Desk.open();
    const limit = Math.round(desk.price * 0.99);
    {
      // The market passes the order while its hook is still at work, and the hook never ends.
      using live = desk.start(["rest"], { waitMs: 60_000 });
      await live.ready();
      live.send("live", desk.minute());
      await untilTrue("the order rests", () => told(live, "rest").length === 1);
      live.send("live", desk.minute({ low: limit - 1 }));
      await live.status();
      await kill(live);
      expect(fillsOf(live)).toEqual([]);
    }
    for (const fills of [1, 0]) {
      using live = desk.start([]);
      await live.ready();
      await live.deliver("live", desk.minute());
      expect(fillsOf(live)).toHaveLength(fills);
      live.stop();
      await live.child.ended();
    }
  });

  test("pays every hour once, also those in which it was down, and goes on with a group", async () => {
    await using desk = await Desk.open();
    const limit = Math.round(desk.price * 0.99);
    const target = Math.round(desk.price * 1.01);
    const untilPaid = async (live: LiveChild, hours: number): Promise<void> =>
      await untilTrue(`${hours} hours are paid`, async () => {
        await live.deliver("live", desk.minute());
        return JSON.stringify(told(live, "sdk funding").at(-1) ?? []).split("time").length > hours;
      });
    const asking = Array.from({ length: 50 }, () => "sdk funding");
    {
      using live = desk.start(["market", "sdk group", ...asking]);
      await live.ready();
      await live.deliver("live", desk.minute());
      await live.deliver("live", desk.minute());
      expect(told(live, "sdk group")).toMatchObject([
        [{ resting: {} }, "waitingForFill", "waitingForFill"],
      ]);
      desk.hour();
      await untilPaid(live, 1);
      await kill(live);
    }
    desk.hour();
    desk.hour();
    using live = desk.start(["nothing", "nothing", "nothing", ...asking]);
    await live.ready();
    await live.deliver("live", desk.minute({ low: limit - 1 }));
    await live.deliver("live", desk.minute({ high: target + 1 }));
    expect(fillsOf(live)).toMatchObject([
      { side: "buy", price: limit, size: 0.001, taker: false },
      { side: "sell", size: 0.001, taker: true },
    ]);
    await untilPaid(live, 3);
    const paid = z
      .array(z.object({ time: z.int(), usdc: z.string(), size: z.string() }))
      .parse(told(live, "sdk funding").at(-1));
    expect(new Set(paid.map(({ time }) => Math.floor(time / 3_600_000))).size).toBe(3);
    expect(paid.map(({ size }) => size)).toEqual(["0.002", "0.002", "0.002"]);
    expect(paid.every(({ usdc }) => Number(usdc) !== 0)).toBeTrue();
  });
});
