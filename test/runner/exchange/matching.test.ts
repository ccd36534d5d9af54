/** The matching core, rule by rule. One coin: BTC near 1000, so one tick is 0.1; 10x unless said. */
import { describe, expect, test } from "bun:test";
import { Account } from "#runner/exchange/account.ts";
import { Matching } from "#runner/exchange/matching.ts";
import { rejectionText } from "#runner/exchange/orders.ts";
import {
  BTC,
  fillsOf,
  NOW,
  place,
  QUOTE,
  request,
  statusesOf,
  tradeAt,
  waiting,
  worldWith,
} from "#test/runner/exchange/world.ts";
import { bool, maybe, num, oneOf, str, table } from "#test/support/table.ts";

const TIF = oneOf("gtc", "ioc", "alo", "frontendMarket");
const SIDE = oneOf("buy", "sell");

describe("an order against the quote", () => {
  const cases = table(
    {
      tif: TIF,
      side: SIDE,
      price: num,
      size: num,
      reply: str,
      filled: num,
      average: maybe(num),
      updates: str,
    },
    `
    tif             side  price  size | reply      filled  average  updates
    gtc             buy    1000     1 | filled          1     1000  open:1 filled:0
    gtc             buy    1001     2 | filled          2   1000.5  open:2 filled:0
    gtc             buy    1000     3 | filled          1     1000  open:3 open:2
    gtc             buy     999     1 | resting         0        -  open:1
    gtc             sell    999     1 | filled          1      999  open:1 filled:0
    gtc             sell    998   1.5 | filled        1.5  998.6667  open:1.5 filled:0
    gtc             sell   1000     1 | resting         0        -  open:1
    ioc             buy    1001     5 | filled          2   1000.5  open:5 canceled:3
    ioc             buy     999     1 | iocCancel       0        -  iocCancelRejected:1
    frontendMarket  sell    950     4 | filled          3      998  open:4 canceled:1
    frontendMarket  sell   1000     1 | noLiquidity     0        -  marketOrderNoLiquidityRejected:1
    alo             buy     999     1 | resting         0        -  open:1
    alo             buy    1000     1 | badAlo          0        -  badAloPxRejected:1
    alo             sell    999     1 | badAlo          0        -  badAloPxRejected:1
    `,
  );
  test.each(cases)("$tif $side of $size at $price: $reply $filled", (row) => {
    const world = worldWith();
    const { side, price, size, tif } = row;
    const reply = place(world, { side, price, size, timeInForce: tif });
    const said: string = reply.kind === "rejected" ? reply.rejection.kind : reply.kind;
    expect(said).toBe(row.reply);
    const filled = fillsOf(world).reduce((sum, fill) => sum + fill.size, 0);
    expect(filled).toBeCloseTo(row.filled, 9);
    if (reply.kind === "filled") expect(reply.averagePrice).toBeCloseTo(row.average ?? 0, 4);
    expect(statusesOf(world)).toBe(row.updates);
    expect(fillsOf(world).every((fill) => fill.taker)).toBeTrue();
  });
});

describe("a resting order and a trade of the market", () => {
  const cases = table(
    { side: SIDE, limit: num, trade: num, opening: bool, fills: maybe(num) },
    `
    side  limit  trade  opening | fills
    buy     990  990        no  |     -
    buy     990  989.95     no  |     -
    buy     990  989.9      no  |   990
    buy     990  980        no  |   990
    buy     990  980        yes |   980
    buy     990  990        yes |     -
    buy     990  1500       yes |     -
    sell   1010  1010       no  |     -
    sell   1010  1010.1     no  |  1010
    sell   1010  1011       yes |  1011
    sell   1010  900        no  |     -
    `,
  );
  test.each(cases)("$side at $limit, trade at $trade, opening $opening: $fills", (row) => {
    const world = worldWith();
    place(world, { side: row.side, price: row.limit });
    tradeAt(world, row.trade, row.opening);
    expect<number | undefined>(fillsOf(world)[0]?.price).toBe(row.fills);
    expect(fillsOf(world).every((fill) => !fill.taker)).toBeTrue();
  });

  test("fills come best price first, then oldest first", () => {
    const world = worldWith();
    for (const price of [989, 990, 988, 990, 989]) place(world, { price, size: 0.1 });
    tradeAt(world, 980);
    expect(fillsOf(world).map((fill) => fill.order.id)).toEqual([2, 4, 1, 5, 3]);
  });

  test("accounts never trade with each other: crossing orders of two both wait for the market", () => {
    const world = worldWith();
    const other = new Account(100_000);
    place(world, { price: 999.5 });
    world.matching.place(
      other,
      request({ side: "sell", price: 999.1 }),
      { quote: QUOTE, nowMs: NOW },
      world.outcomes,
    );
    expect(fillsOf(world)).toEqual([]);
  });

  test("margin that has gone by the time of the fill cancels the order", () => {
    const world = worldWith(0, 1000);
    place(world, { price: 990, size: 10 });
    world.account.cash = 100;
    tradeAt(world, 980);
    expect(fillsOf(world)).toEqual([]);
    expect(statusesOf(world)).toBe("open:10 marginCanceled:10");
    expect(world.account.orders.size).toBe(0);
  });
});

describe("refusals of one order", () => {
  const cases = table(
    { held: num, side: SIDE, price: num, size: num, reduce: bool, text: maybe(str) },
    `
    held  side  price    size  reduce | text
       0  buy     990       1      no | -
       0  buy   990.1       1      no | -
       0  buy  990.12       1      no | Price must be divisible by tick size. asset=0
       0  buy     990  0.0101      no | Order must have minimum value of $10. asset=0
       0  buy     990   0.011      no | -
       1  sell    990   0.005      no | Order must have minimum value of $10. asset=0
   0.005  sell    990   0.005      no | -
   0.005  sell    990       1     yes | -
       0  sell    990       1     yes | Reduce only order would increase position. asset=0
       1  buy     990       1     yes | Reduce only order would increase position. asset=0
      -1  sell   1500       1     yes | Reduce only order would increase position. asset=0
      -1  buy     990       5     yes | -
       0  buy     990    1100      no | Insufficient margin to place order. asset=0
    1000  sell   1001    2100      no | Insufficient margin to place order. asset=0
    1000  sell   1001    1900      no | -
    `,
  );
  test.each(cases)("held $held: $side $size at $price, reduce-only $reduce: $text", (row) => {
    const world = worldWith(row.held);
    const { side, price, size, reduce } = row;
    const reply = place(world, { side, price, size, reduceOnly: reduce });
    const text = reply.kind === "rejected" ? rejectionText(reply.rejection, BTC) : undefined;
    expect(text).toBe(row.text ?? undefined);
  });

  test("the best prices stand in the refusal of a post-only order", () => {
    const reply = place(worldWith(), { price: 1000, timeInForce: "alo" });
    expect(reply.kind === "rejected" && rejectionText(reply.rejection, BTC)).toBe(
      "Post only order would have immediately matched, bbo was 999@1000. asset=0",
    );
  });

  test("a position beyond the tier of its leverage is refused", () => {
    const world = worldWith(0, 100e6);
    world.account.setLeverage(BTC, { kind: "cross", value: 40 });
    world.account.positions.set(BTC.assetId, {
      perp: BTC,
      size: 149_000,
      entryPrice: 1000,
      collateral: 0,
    });
    const reply = place(world, { price: 999, size: 2000 });
    expect(reply.kind === "rejected" && rejectionText(reply.rejection, BTC)).toBe(
      "Order would cause position to exceed margin tier limit at current leverage asset=0",
    );
  });

  test("the 1001st open order is refused", () => {
    const world = worldWith();
    for (let count = 0; count < 1000; count++) place(world, { size: 0.02 });
    const reply = place(world, { size: 0.02 });
    expect(reply.kind === "rejected" && reply.rejection.kind).toBe("tooManyOpenOrders");
  });
});

describe("reduce-only orders", () => {
  test("one that is larger than the position is shrunk to it, and never flips it", () => {
    const world = worldWith(0.4);
    const reply = place(world, {
      side: "sell",
      size: 5,
      price: 990,
      reduceOnly: true,
      timeInForce: "ioc",
    });
    expect(reply).toMatchObject({ kind: "filled", size: 0.4 });
    expect(world.account.sizeOf(BTC)).toBe(0);
  });

  test("those that rest shrink with the position and end with it", () => {
    const world = worldWith(2);
    place(world, { side: "sell", size: 2, price: 1100, reduceOnly: true });
    place(world, { side: "sell", size: 1, price: 1200, reduceOnly: true });
    place(world, { side: "sell", size: 1.5, price: 900, timeInForce: "ioc" });
    expect([...world.account.orders.values()].map((order) => order.remaining)).toEqual([0.5, 0.5]);
    tradeAt(world, 1150);
    expect(world.account.sizeOf(BTC)).toBe(0);
    expect(statusesOf(world)).toEndWith("filled:0 reduceOnlyCanceled:0.5");
    expect(world.account.orders.size).toBe(0);
  });
});

test("fees: taker 0.045 %, maker 0.015 %, cut off after six decimals", () => {
  const world = worldWith();
  place(world, { price: 1000, size: 0.01234, timeInForce: "ioc" });
  place(world, { price: 990, size: 0.01235 });
  tradeAt(world, 980);
  expect(fillsOf(world).map((fill) => fill.fee)).toEqual([0.005553, 0.001833]);
});

test("a cancelled order is out of the book", () => {
  const world = worldWith();
  const reply = place(world, { price: 990 });
  world.matching.cancel(reply.order, NOW, world.outcomes);
  tradeAt(world, 900);
  expect(fillsOf(world)).toEqual([]);
  expect(statusesOf(world)).toBe("open:1 canceled:1");
});

test("an account from an earlier life goes on: its orders fill, its stops fire, its ids are not used again", () => {
  const before = worldWith(1);
  place(before, { price: 990 });
  place(before, waiting("sl", 950));
  const { order, trade } = before.matching.nextIds;
  const matching = new Matching({ firstOrderId: order, firstTradeId: trade });
  matching.setMark(BTC, 1000);
  matching.adopt(before.account);
  const after = { matching, account: before.account, outcomes: [] };
  tradeAt(after, 940);
  expect(fillsOf(after).map(({ order: { id }, price, tradeId }) => [id, price, tradeId])).toEqual([
    [1, 990, trade],
    [2, 950, trade + 1],
  ]);
  expect(place(after, { price: 900 }).order.id).toBe(order);
  matching.fund(BTC, 0.01, NOW, after.outcomes);
  expect(after.outcomes.at(-1)).toMatchObject({ kind: "funding", payment: { size: 1 } });
});
