/** Orders that wait for the mark price. Sells close a long of 1 at 1000. */
import { describe, expect, test } from "bun:test";
import type { Quote } from "#runner/exchange/quote.ts";
import {
  BTC,
  endsOf,
  fillsOf,
  NOW,
  place,
  statusesOf,
  textOf,
  tradeAt,
  waiting,
  worldWith,
} from "#test/runner/exchange/world.ts";
import { bool, maybe, num, oneOf, str, table } from "#test/support/table.ts";

const KIND = oneOf("tp", "sl");
const SIDE = oneOf("buy", "sell");

const nothing = (): Quote => ({ bids: [], asks: [], mark: 950 });

describe("a trigger that is placed", () => {
  const cases = table(
    { held: num, side: SIDE, kind: KIND, at: num, limit: num, market: bool, text: maybe(str) },
    `
    held  side  kind     at  limit  market | text
       1  sell  sl      950    950     yes | -
       1  sell  sl      950    940     yes | -
       1  sell  sl      950    960     yes | Invalid TP/SL price. asset=0
       1  sell  sl      950    960      no | -
       1  sell  sl     1000    900     yes | Invalid TP/SL price. asset=0
       1  sell  sl     1010    900     yes | Invalid TP/SL price. asset=0
       1  sell  tp     1050   1050     yes | -
       1  sell  tp      990    900     yes | Invalid TP/SL price. asset=0
       1  sell  sl   950.12    940     yes | Price must be divisible by tick size. asset=0
       1  sell  sl      950  940.12     yes | Price must be divisible by tick size. asset=0
       1  buy   sl     1050   1060     yes | Reduce only order would increase position. asset=0
       0  sell  sl      950    940     yes | Reduce only order would increase position. asset=0
      -1  buy   sl     1050   1060     yes | -
      -1  buy   sl      990   1060     yes | Invalid TP/SL price. asset=0
      -1  buy   tp      950    950     yes | -
      -1  buy   tp      950    940     yes | Invalid TP/SL price. asset=0
      -1  buy   tp     1010   1010     yes | Invalid TP/SL price. asset=0
    `,
  );
  test.each(cases)("held $held: $side $kind at $at, limit $limit: $text", (row) => {
    const world = worldWith(row.held);
    const { side, limit: price, market: isMarket } = row;
    const reply = place(world, waiting(row.kind, row.at, { side, price, isMarket }));
    expect(textOf(reply)).toBe(row.text ?? undefined);
    expect(world.account.orders.size).toBe(row.text === undefined ? 1 : 0);
  });
});

describe("a trigger and a trade of the market", () => {
  const cases = table(
    {
      kind: KIND,
      at: num,
      limit: num,
      market: bool,
      trade: num,
      opening: bool,
      fills: maybe(num),
      updates: str,
    },
    `
    kind    at  limit  market  trade  opening | fills  updates
    sl     950    940     yes    951       no |     -  open:1
    sl     950    940     yes    950       no |   950  open:1 triggered:1 filled:0
    sl     950    940     yes    930       no |   950  open:1 triggered:1 filled:0
    sl     950    940     yes    930      yes |   930  open:1 triggered:1 filled:0
    tp    1050   1040     yes   1049       no |     -  open:1
    tp    1050   1040     yes   1060       no |  1050  open:1 triggered:1 filled:0
    tp    1050   1040     yes   1060      yes |  1060  open:1 triggered:1 filled:0
    sl     950    945      no    940      yes |     -  open:1 triggered:1 open:1
    sl     950    945      no    948      yes |   948  open:1 triggered:1 open:1 filled:0
    tp    1050   1055      no   1052       no |     -  open:1 triggered:1 open:1
    `,
  );
  test.each(cases)("$kind at $at, limit $limit, market $market, trade at $trade: $fills", (row) => {
    const world = worldWith(1);
    place(world, waiting(row.kind, row.at, { price: row.limit, isMarket: row.market }));
    tradeAt(world, row.trade, row.opening);
    expect<number | undefined>(fillsOf(world)[0]?.price).toBe(row.fills);
    expect(statusesOf(world)).toBe(row.updates);
    expect(fillsOf(world).every(({ taker }) => taker)).toBeTrue();
  });

  test("what fires walks the book, and a market order leaves what lies beyond 10 %", () => {
    const world = worldWith(1);
    place(world, waiting("sl", 950, { price: 900 }));
    const bids = [940, 855, 854].map((price) => ({ price, size: 0.4 }));
    const bookAt = () => ({ bids, asks: [], mark: 950 });
    const trade = { perp: BTC, price: 950, opening: false, bookAt };
    world.matching.trade(trade, NOW, world.outcomes);
    expect(fillsOf(world).map(({ price, size }) => [price, size])).toEqual([
      [940, 0.4],
      [855, 0.4],
    ]);
    expect(statusesOf(world)).toBe("open:1 triggered:1 canceled:0.2");
  });

  test("a market order that finds nothing ends", () => {
    const world = worldWith(1);
    place(world, waiting("sl", 950));
    const trade = { perp: BTC, price: 950, opening: false, bookAt: nothing };
    world.matching.trade(trade, NOW, world.outcomes);
    expect(endsOf(world)).toBe("marketOrderNoLiquidityRejected");
  });

  test("a limit order that rests after it fired fills when the market comes back", () => {
    const world = worldWith(1);
    place(world, waiting("sl", 950, { price: 945, isMarket: false }));
    tradeAt(world, 940, true);
    tradeAt(world, 946);
    expect(fillsOf(world).map(({ price, taker }) => [price, taker])).toEqual([[945, false]]);
  });

  test("the one that the market reaches first fires first, then the oldest", () => {
    const world = worldWith(1);
    for (const at of [940, 950, 945, 950]) place(world, waiting("sl", at, { size: 0.1 }));
    tradeAt(world, 900);
    expect(fillsOf(world).map(({ order }) => order.id)).toEqual([2, 4, 3, 1]);
  });

  test("it shrinks with the position, and ends with it", () => {
    const world = worldWith(1);
    place(world, waiting("sl", 950));
    place(world, { side: "sell", price: 990, size: 0.4, timeInForce: "ioc" });
    expect([...world.account.orders.values()].map(({ remaining }) => remaining)).toEqual([0.6]);
    place(world, { side: "sell", price: 990, size: 0.6, timeInForce: "ioc" });
    expect(statusesOf(world)).toEndWith("reduceOnlyCanceled:0.6");
  });

  test("a cancelled one never fires", () => {
    const world = worldWith(1);
    const { order } = place(world, waiting("sl", 950));
    world.matching.cancel(order, NOW, world.outcomes);
    tradeAt(world, 900);
    expect(fillsOf(world)).toEqual([]);
  });
});

test("from a thousand open orders on, those that close are refused, though volume allows more", () => {
  const world = worldWith(1);
  world.account.volume = 10_000_000;
  for (let count = 0; count < 1000; count++) place(world, { size: 0.02 });
  for (const closes of [
    waiting("sl", 950),
    { side: "sell", price: 1100, reduceOnly: true },
  ] as const) {
    const reply = place(world, closes);
    expect(reply.kind === "rejected" && reply.rejection.kind).toBe("tooManyOpenOrders");
  }
  expect(place(world, { size: 0.02 }).kind).toBe("resting");
});
