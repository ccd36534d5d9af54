/** Replies of the exchange to a live strategy that do not have their form: none is taken for an answer. */
import { describe, expect, test } from "bun:test";
import {
  ExchangeClient,
  HttpRequestError,
  InfoClient,
  type IRequestTransport,
} from "@nktkas/hyperliquid";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { NetworkTradePort } from "#runner/network/trade-port.ts";
import { perpOf } from "#test/runner/exchange/support.ts";
import { errorOf } from "#test/support/error-of.ts";
import { type Good, mangledValues } from "#test/support/mangled.ts";

const WALLET = privateKeyToAccount(`0x${"1".repeat(64)}`);
const BTC = perpOf("BTC");
const CLOID = `0x${"c1".repeat(16)}` as const;
const TICKET = {
  instrument: BTC,
  side: "buy",
  size: 0.01,
  price: 50_000,
  reduceOnly: false,
  clientOrderId: CLOID,
  type: { kind: "limit", timeInForce: "gtc" },
} as const;

const placed = (status: unknown) => ({
  status: "ok",
  response: { type: "order", data: { statuses: [status] } },
});
const STATUS = "response.data.statuses.0";
const PLACED = ["status", "response", "response.data", "response.data.statuses", STATUS];
const ORDER = { coin: "BTC", oid: 7, sz: "0.0", origSz: "0.01", limitPx: "50000.0" };
const ENDED = { status: "order", order: { order: ORDER, status: "canceled" } };
const OPEN = {
  coin: "BTC",
  side: "B",
  limitPx: "9.5",
  sz: "1.0",
  oid: 7,
  timestamp: 1,
  origSz: "1",
};

interface Question extends Good {
  readonly name: string;
  /** What is answered to the questions before it. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** The type of the request, or of the action, that is answered wrongly. */
  readonly type: string;
  readonly ask: (port: NetworkTradePort) => Promise<{ readonly kind: string }>;
}

/** Each reads its reply, and calls one that it cannot read lost: nothing is known of it. */
const QUESTIONS: readonly Question[] = [
  {
    name: "the book",
    type: "l2Book",
    ask: async (port) => await port.topOfBook("BTC"),
    reply: { coin: "BTC", time: 1, levels: [[{ px: "9.5", sz: "1.0", n: 1 }], []] },
    reads: ["coin", "time", "levels", "levels.0", "levels.1", "levels.0.0.px", "levels.0.0.sz"],
    nullMeansNone: true,
  },
  {
    name: "the position",
    type: "clearinghouseState",
    ask: async (port) => await port.position("BTC"),
    reply: {
      assetPositions: [{ position: { coin: "BTC", szi: "-0.5", entryPx: "9.5" } }],
      marginSummary: { accountValue: "100.0" },
      withdrawable: "50.0",
    },
    reads: [
      "assetPositions",
      "assetPositions.0.position",
      "assetPositions.0.position.coin",
      "assetPositions.0.position.szi",
      "marginSummary",
      "marginSummary.accountValue",
      "withdrawable",
    ],
  },
  {
    name: "the fate of an order",
    type: "orderStatus",
    before: { userFills: [] },
    ask: async (port) => await port.fateOf(CLOID),
    reply: ENDED,
    reads: ["status", "order", "order.status", "order.order", "order.order.oid", "order.order.sz"],
  },
  {
    name: "the fills of an order that ended",
    type: "userFills",
    before: { orderStatus: ENDED },
    ask: async (port) => await port.fateOf(CLOID),
    reply: [{ oid: 7, px: "9.5", sz: "0.01" }],
    reads: ["0.oid", "0.px", "0.sz"],
  },
  {
    name: "an order that rests",
    type: "order",
    ask: async (port) => await port.place(TICKET),
    reply: placed({ resting: { oid: 7 } }),
    reads: [...PLACED, `${STATUS}.resting`, `${STATUS}.resting.oid`],
  },
  {
    name: "an order that fills",
    type: "order",
    ask: async (port) => await port.place(TICKET),
    reply: placed({ filled: { oid: 7, totalSz: "0.01", avgPx: "9.5" } }),
    reads: ["oid", "totalSz", "avgPx"].map((field) => `${STATUS}.filled.${field}`),
  },
  {
    name: "cancels",
    type: "cancel",
    ask: async (port) => await port.cancel([{ instrument: BTC, orderId: 7 }]),
    reply: placed("success"),
    reads: PLACED.slice(1),
  },
  {
    name: "leverage",
    type: "updateLeverage",
    ask: async (port) => await port.setLeverage(BTC, 3, true),
    reply: { status: "ok", response: { type: "default" } },
    reads: ["status"],
  },
];

const Asked = z.union([
  z.object({ type: z.string() }),
  z.object({ action: z.object({ type: z.string() }) }).transform(({ action }) => action),
]);

const NOT_JSON = Symbol("what is no JSON");

/** The port on an exchange that answers just this. */
function portOn(answers: Readonly<Record<string, unknown>>): NetworkTradePort {
  const transport: IRequestTransport = {
    isTestnet: true,
    async request(_endpoint: string, payload: unknown) {
      const answer = answers[Asked.parse(payload).type];
      if (answer === NOT_JSON) {
        const response = new Response("<html></html>", { status: 200 });
        throw new HttpRequestError({ response, detail: "Invalid JSON response body" });
      }
      return await z.custom<never>(() => true).parseAsync(answer);
    },
  };
  return new NetworkTradePort({
    exchange: new ExchangeClient({ transport, wallet: WALLET }),
    info: new InfoClient({ transport }),
    address: WALLET.address,
    instrument: async () => await Promise.resolve(BTC),
  });
}

describe("what the exchange answers about", () => {
  test.each(QUESTIONS)("$name is taken when it has its form", async (question) => {
    const { ask, before = {}, type, reply } = question;
    expect((await ask(portOn({ ...before, [type]: reply }))).kind).not.toBe("lost");
  });

  test.each(QUESTIONS)("$name is lost when it cannot be read", async (question) => {
    const { ask, before = {}, type } = question;
    const wrong = [...mangledValues(question), { what: "no JSON", reply: NOT_JSON }];
    const kinds = await Promise.all(
      wrong.map(async ({ what, reply }) => {
        const { kind } = await ask(portOn({ ...before, [type]: reply }));
        return `${what}: ${kind}`;
      }),
    );
    expect(kinds).toEqual(wrong.map(({ what }) => `${what}: lost`));
  });

  test("open orders is thrown when it cannot be read: there is no answer to give", async () => {
    expect(await portOn({ openOrders: [OPEN] }).openOrders()).toHaveLength(1);
    const reads = Object.keys(OPEN).map((field) => `0.${field}`);
    for (const { reply } of mangledValues({ reply: [OPEN], reads })) {
      const asked = portOn({ openOrders: reply }).openOrders();
      expect((await errorOf(asked)).code).toBe("exchange_malformed");
    }
  });

  test("a batch of cancels says something of each, or one refusal of all", async () => {
    const two = [7, 8].map((orderId) => ({ instrument: BTC, orderId }));
    const answer = async (...statuses: unknown[]) => {
      const reply = { status: "ok", response: { type: "cancel", data: { statuses } } };
      return await portOn({ cancel: reply }).cancel(two);
    };
    expect(await answer("success")).toMatchObject({ kind: "lost" });
    expect(await answer("success", "success", "success")).toMatchObject({ kind: "lost" });
    expect(await answer({ error: "no" })).toEqual({
      kind: "answered",
      outcomes: two.map(() => ({ kind: "rejected", reason: "no" })),
    });
  });
});
