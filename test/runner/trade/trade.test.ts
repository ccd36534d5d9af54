import { describe, expect, test } from "bun:test";
import { BadOrderError, OrderOutcomeUnknownError } from "#runner/trade/errors.ts";
import type {
  BookedOrder,
  CancelReply,
  CancelTicket,
  HeldPosition,
  Lost,
  OrderFate,
  OrderTicket,
  PlaceOutcome,
  TopOfBook,
  TradePort,
} from "#runner/trade/port.ts";
import { PortTrade } from "#runner/trade/trade.ts";
import { clientOrderId, strategyTag } from "#shared/cloid.ts";
import type { Instrument } from "#shared/instrument.ts";
import { errorOf } from "#test/support/error-of.ts";
import { num, oneOf, table } from "#test/support/table.ts";

const TAG = strategyTag("mine");
const BTC: Instrument = {
  coin: "BTC",
  assetId: 0,
  sizeDecimals: 5,
  maxLeverage: 40,
  delisted: false,
};

/** An exchange that answers as it is told and remembers what it was asked. */
class FakePort implements TradePort {
  readonly placed: OrderTicket[] = [];
  readonly cancelled: (readonly CancelTicket[])[] = [];
  book: TopOfBook | Lost = { kind: "book", bid: 99_990, ask: 100_000 };
  held: HeldPosition | Lost = { kind: "position", size: 0 };
  booked: readonly BookedOrder[] = [];
  outcome: PlaceOutcome = { kind: "resting", orderId: 7 };
  fates: OrderFate[] = [];
  cancelReplies: (CancelReply | Lost)[] = [];

  instrument = async (coin: string) => await Promise.resolve({ ...BTC, coin });
  topOfBook = async () => await Promise.resolve(this.book);
  position = async () => await Promise.resolve(this.held);
  openOrders = async () => await Promise.resolve(this.booked);
  fateOf = async () => await Promise.resolve(this.fates.shift() ?? ({ kind: "unknown" } as const));
  setLeverage = async () => await Promise.resolve({ kind: "set" } as const);

  async place(ticket: OrderTicket): Promise<PlaceOutcome> {
    this.placed.push(ticket);
    return await Promise.resolve(this.outcome);
  }

  async cancel(tickets: readonly CancelTicket[]): Promise<CancelReply | Lost> {
    this.cancelled.push(tickets);
    const outcomes = tickets.map(() => ({ kind: "cancelled" }) as const);
    return await Promise.resolve(this.cancelReplies.shift() ?? { kind: "answered", outcomes });
  }

  get last(): OrderTicket | undefined {
    return this.placed.at(-1);
  }
}

function tradeOn(port: FakePort) {
  const waited: number[] = [];
  let count = 0;
  const trade = new PortTrade({
    port,
    tag: TAG,
    nextClientOrderId: () => clientOrderId(TAG, 1_700_000_000_000, ++count),
    wait: async (ms) => {
      waited.push(ms);
      await Promise.resolve();
    },
  });
  return { trade, waited };
}

const LOST: Lost = { kind: "lost", problem: "Request timed out after 5000 ms" };
const side = oneOf("buy", "sell");

describe("rounding", () => {
  test.each(
    table(
      { side, price: num, size: num, sentPrice: num, sentSize: num },
      `
      side   price      size      | sentPrice  sentSize
      buy    97123.46   0.012349  | 97123      0.01234
      sell   97123.46   0.012349  | 97124      0.01234
      buy    123456.7   0.3       | 123456     0.3
      sell   123456.7   0.3       | 123457     0.3
      buy    9712.37    1         | 9712.3     1
      sell   9712.37    0.000019  | 9712.4     0.00001
    `,
    ),
  )("a $side limit of $size at $price is sent as $sentSize at $sentPrice", async (row) => {
    const port = new FakePort();
    const result = await tradeOn(port).trade.limit({ coin: "BTC", ...row });
    expect(port.last).toMatchObject({ price: row.sentPrice, size: row.sentSize, side: row.side });
    expect(result).toMatchObject({ kind: "resting", price: row.sentPrice, size: row.sentSize });
  });

  test.each(
    table(
      { side, slippage: num, cap: num },
      `
      side   slippage | cap
      buy    0.05     | 105000
      sell   0.05     | 94991
      buy    0        | 100000
      sell   0.001    | 99891
    `,
    ),
  )("a market $side with slippage $slippage is capped at $cap", async (row) => {
    const port = new FakePort();
    const { side: of, slippage } = row;
    await tradeOn(port).trade.market({ coin: "BTC", side: of, size: 1, slippage });
    expect(port.last).toMatchObject({
      price: row.cap,
      reduceOnly: false,
      type: { kind: "limit", timeInForce: "ioc" },
    });
  });

  test("a triggered market order carries a limit beyond its trigger, and only reduces", async () => {
    const port = new FakePort();
    const { trade } = tradeOn(port);
    await trade.stop({ coin: "BTC", side: "sell", size: 1, trigger: 90_000.4 });
    expect(port.last).toMatchObject({
      price: 81_000,
      reduceOnly: true,
      type: { kind: "trigger", trigger: 90_000, isMarket: true, purpose: "stop" },
    });
    await trade.takeProfit({
      coin: "BTC",
      side: "sell",
      size: 1,
      trigger: 110_000,
      price: 109_000,
    });
    expect(port.last).toMatchObject({
      price: 109_000,
      type: { trigger: 110_000, isMarket: false, purpose: "takeProfit" },
    });
  });
});

describe("what is no order", () => {
  test.each(
    table(
      { size: num, price: num },
      `
      size       price
      0          100
      -1         100
      Infinity   100
      1          0
      1          -5
    `,
    ),
  )("a size of $size at $price throws and sends nothing", async ({ size, price }) => {
    const port = new FakePort();
    const { trade } = tradeOn(port);
    const error = await errorOf(trade.limit({ coin: "BTC", side: "buy", size, price }));
    expect(error).toBeInstanceOf(BadOrderError);
    const nan = await errorOf(trade.market({ coin: "BTC", side: "buy", size: Number.NaN }));
    expect(nan.message).toContain("Cannot place order: size must be a number above 0");
    expect(port.placed).toEqual([]);
  });

  test("a size under one lot, an empty book and a flat position are rejected", async () => {
    const port = new FakePort();
    const { trade } = tradeOn(port);
    port.book = { kind: "book", bid: undefined, ask: undefined };
    expect([
      await trade.limit({ coin: "BTC", side: "buy", size: 0.000001, price: 100 }),
      await trade.market({ coin: "BTC", side: "buy", size: 1 }),
      await trade.close({ coin: "BTC" }),
    ]).toEqual([
      { kind: "rejected", reason: "a size of 0.000001 BTC is under one lot of 0.00001" },
      { kind: "rejected", reason: "nobody sells BTC now" },
      { kind: "rejected", reason: "there is no position in BTC" },
    ]);
    expect(port.placed).toEqual([]);
  });
});

describe("close()", () => {
  test.each([
    [0.5, "sell"],
    [-0.25, "buy"],
  ] as const)("of %p is a reduce-only %s of all of it", async (position, expected) => {
    const port = new FakePort();
    port.held = { kind: "position", size: position };
    port.outcome = { kind: "filled", orderId: 1, size: Math.abs(position), price: 100_000 };
    const result = await tradeOn(port).trade.close({ coin: "BTC" });
    expect(result).toMatchObject({ kind: "filled", size: Math.abs(position) });
    expect(port.last).toMatchObject({
      side: expected,
      size: Math.abs(position),
      reduceOnly: true,
    });
  });
});

describe("a lost reply", () => {
  const limit = { coin: "BTC", side: "buy", size: 1, price: 100 } as const;

  test("is asked after until the exchange knows the order; it is sent once", async () => {
    const port = new FakePort();
    port.outcome = LOST;
    port.fates = [{ kind: "unknown" }, LOST, { kind: "resting", orderId: 9 }];
    const { trade, waited } = tradeOn(port);
    expect(await trade.limit(limit)).toMatchObject({ kind: "resting", orderId: 9, price: 100 });
    expect(port.placed).toHaveLength(1);
    expect(waited).toEqual([250, 500, 1000]);
  });

  test("that stays unknown ends in an error that names the order", async () => {
    const port = new FakePort();
    port.outcome = LOST;
    const { trade } = tradeOn(port);
    const error = await errorOf(trade.limit(limit));
    if (!(error instanceof OrderOutcomeUnknownError)) throw new Error(`it threw ${String(error)}`);
    expect(error.message).toContain("7.8s later the exchange still does not say");
    expect(port.last?.clientOrderId).toBe(clientOrderId(TAG, 1_700_000_000_000, 1));
    expect(error.clientOrderId).toBe(clientOrderId(TAG, 1_700_000_000_000, 1));
    expect(port.placed).toHaveLength(1);
  });

  test("to a cancel is asked by cancelling again", async () => {
    const port = new FakePort();
    port.cancelReplies = [LOST, LOST];
    const { trade } = tradeOn(port);
    expect(await trade.cancel({ coin: "BTC", orderId: 5 })).toEqual({ kind: "cancelled" });
    expect(port.cancelled).toHaveLength(3);
    port.cancelReplies = [LOST, LOST, LOST];
    const error = await errorOf(trade.cancel({ coin: "BTC", orderId: 5 }));
    expect(error.message).toContain("the exchange did not answer whether it did: cancel 1 orders");
  });
});

test("what the exchange does not tell is a rejection: nothing was sent", async () => {
  const port = new FakePort();
  port.book = LOST;
  port.held = LOST;
  const { trade } = tradeOn(port);
  expect([
    await trade.market({ coin: "BTC", side: "buy", size: 1 }),
    await trade.close({ coin: "BTC" }),
  ]).toEqual([
    {
      kind: "rejected",
      reason: "the exchange did not tell the price of BTC: Request timed out after 5000 ms",
    },
    {
      kind: "rejected",
      reason: "the exchange did not tell the position in BTC: Request timed out after 5000 ms",
    },
  ]);
  expect(port.placed).toEqual([]);
});

const order = (orderId: number, coin: string, owner: string | null): BookedOrder => ({
  coin,
  orderId,
  clientOrderId:
    owner === null ? null : clientOrderId(strategyTag(owner), 1_700_000_000_000, orderId),
  side: "buy",
  price: 100,
  size: 1,
  sizeAsked: 1,
});

describe("open orders", () => {
  const booked = [
    order(1, "BTC", "mine"),
    order(2, "ETH", "mine"),
    order(3, "BTC", "other"),
    order(4, "BTC", null),
  ];

  test("are only this strategy's, and so is what cancelAll cancels", async () => {
    const port = new FakePort();
    port.booked = booked;
    const { trade } = tradeOn(port);
    expect((await trade.openOrders()).map(({ orderId }) => orderId)).toEqual([1, 2]);
    expect((await trade.openOrders({ coin: "ETH" })).map(({ orderId }) => orderId)).toEqual([2]);
    const outcomes = [
      { kind: "cancelled" },
      { kind: "rejected", reason: "already filled" },
    ] as const;
    port.cancelReplies = [{ kind: "answered", outcomes }];
    expect(await trade.cancelAll()).toEqual({
      cancelled: 1,
      rejected: [{ orderId: 2, reason: "already filled" }],
    });
    expect(port.cancelled.flat().map(({ orderId }) => orderId)).toEqual([1, 2]);
  });

  test("are cancelled in actions that the exchange takes", async () => {
    const port = new FakePort();
    port.booked = Array.from({ length: 450 }, (_, index) => order(index + 1, "BTC", "mine"));
    expect(await tradeOn(port).trade.cancelAll()).toEqual({ cancelled: 450, rejected: [] });
    expect(port.cancelled.map((tickets) => tickets.length)).toEqual([200, 200, 50]);
  });
});
