/** What is asked of the exchange, on a loopback server that answers whatever a test wants. */
import { describe, expect, test } from "bun:test";
import { Info } from "#manager/market/info.ts";
import { Weights } from "#manager/market/weights.ts";
import { systemClock } from "#shared/clock.ts";
import { errorOf } from "#test/support/error-of.ts";
import { type Good, type Mangled, mangledBodies } from "#test/support/mangled.ts";

const ADDRESS = `0x${"ab".repeat(20)}`;
const T = 1_790_358_600_000;
const BTC_1M = { coin: "BTC", timeframe: "1m" } as const;
const RANGE = { fromMs: T, untilMs: T + 60_000, nowMs: T + 60_000 };

const CANDLE = { t: T, T: T + 59_999, s: "BTC", i: "1m", n: 36 };
const PRICES = { o: "83765.0", c: "83765.0", h: "83770.0", l: "83756.0", v: "0.3317" };
const FILL = { tid: 1, oid: 2, coin: "BTC", side: "B", px: "9.5", sz: "0.1", time: T };
const FILL_REST = { fee: "0.01", closedPnl: "0.0", crossed: true };

interface Question extends Good {
  readonly name: string;
  readonly ask: (info: Info) => Promise<unknown>;
}

const QUESTIONS: readonly Question[] = [
  {
    name: "candleSnapshot",
    ask: async (info) => await info.candles(BTC_1M, RANGE, "query"),
    reply: [{ ...CANDLE, ...PRICES }],
    reads: ["t", "T", "s", "i", "n", "o", "c", "h", "l", "v"].map((field) => `0.${field}`),
    nullMeansNone: true,
  },
  {
    name: "fundingHistory",
    ask: async (info) => await info.funding("BTC", T, T + 1),
    reply: [{ coin: "BTC", fundingRate: "0.0000125", premium: "-0.0001", time: T }],
    reads: ["0.time", "0.fundingRate"],
  },
  {
    name: "exchangeStatus",
    ask: async (info) => await info.time(),
    reply: { specialStatuses: null, time: T },
    reads: ["time"],
  },
  {
    name: "meta",
    ask: async (info) => await info.instruments(),
    reply: { universe: [{ szDecimals: 5, name: "BTC", maxLeverage: 40, marginTableId: 56 }] },
    reads: ["universe", "universe.0.szDecimals", "universe.0.name", "universe.0.maxLeverage"],
  },
  {
    name: "userFillsByTime",
    ask: async (info) => await info.fills(ADDRESS, T),
    reply: [{ ...FILL, ...FILL_REST }],
    // Each fill is read by itself: one that cannot be read does not take the others with it.
    reads: [],
  },
  {
    name: "userRole",
    ask: async (info) => await info.userRole(ADDRESS),
    reply: { role: "agent", data: { user: ADDRESS } },
    reads: ["role", "data", "data.user"],
  },
  {
    name: "extraAgents",
    ask: async (info) => await info.extraAgents(ADDRESS),
    reply: [{ name: "bot", address: ADDRESS, validUntil: T }],
    reads: ["0.name", "0.address"],
  },
];

/** An exchange that says nothing but this. */
function exchangeThatSays({ text, contentType }: Omit<Mangled, "what">) {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(text, { headers: { "content-type": contentType } }),
  });
  const http = `http://127.0.0.1:${server.port}`;
  const weights = new Weights(systemClock, () => undefined);
  const info = new Info({ isTestnet: true, http, ws: "ws://127.0.0.1:1" }, systemClock, weights);
  return {
    info,
    weights,
    async [Symbol.asyncDispose]() {
      weights.close();
      await server.stop(true);
    },
  };
}

const asJson = (reply: unknown) => ({
  text: JSON.stringify(reply),
  contentType: "application/json",
});

describe("what the exchange answers to", () => {
  test.each(QUESTIONS)("$name is taken when it has its form", async ({ ask, reply }) => {
    await using exchange = exchangeThatSays(asJson(reply));
    expect(await ask(exchange.info)).toBeDefined();
  });

  test.each(
    QUESTIONS.flatMap((question) =>
      mangledBodies(question).map((body) => ({ ...question, ...body })),
    ),
  )("$name is refused: $what", async ({ ask, text, contentType }) => {
    await using exchange = exchangeThatSays({ text, contentType });
    expect((await errorOf(ask(exchange.info))).code).toBe("exchange_malformed");
  });

  test("a page of fills is taken but for those that cannot be read", async () => {
    const good = { ...FILL, ...FILL_REST };
    await using exchange = exchangeThatSays(asJson([{ ...good, px: 9.5 }, null, good]));
    const { fills, problem } = await exchange.info.fills(ADDRESS, T);
    expect(fills.map(({ tradeId, price }) => [tradeId, price])).toEqual([[1, 9.5]]);
    expect(problem).toContain("px");
  });

  test("candles is taken but for rows that no market makes", async () => {
    const good = { ...CANDLE, ...PRICES };
    const next = { ...good, t: T + 60_000, T: T + 119_999 };
    const impossible = [
      { ...next, t: next.t + 1 },
      { ...next, o: "0.0" },
      { ...next, h: "1.0" },
      { ...next, v: "-1.0" },
      { ...next, c: "9".repeat(400) },
    ];
    for (const row of impossible) {
      await using exchange = exchangeThatSays(asJson([good, row]));
      const { rows } = await exchange.info.candles(BTC_1M, RANGE, "query");
      expect(rows.map(({ openTime }) => openTime)).toEqual([T]);
    }
  });

  test.each(["candles", "funding"] as const)("%s that wait for the budget say so", async (what) => {
    await using exchange = exchangeThatSays(asJson([]));
    const { info, weights } = exchange;
    const ask = async (onWait: () => void): Promise<unknown> =>
      what === "candles"
        ? await info.candles(BTC_1M, RANGE, "archive", onWait)
        : await info.funding("BTC", T, T + 1, onWait);
    let waits = 0;
    const note = (): void => void (waits += 1);
    await ask(note);
    expect(waits).toBe(0);
    await weights.take(740, "order");
    const asked = errorOf(ask(note));
    expect(waits).toBe(1);
    weights.close();
    expect((await asked).code).toBe("market_closed");
  });

  test("a question about the time in a hurry is null, whatever is wrong", async () => {
    for (const body of mangledBodies({ reply: { time: T }, reads: ["time"] })) {
      await using exchange = exchangeThatSays(body);
      expect(await exchange.info.reach(1000)).toBeNull();
    }
  });
});
