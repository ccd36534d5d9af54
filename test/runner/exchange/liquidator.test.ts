/** Liquidation. BTC bought or sold at 1000 at 10x; it may be 40x, so 1.25 % of the notional must stay. */
import { describe, expect, test } from "bun:test";
import { Account, bookFill } from "#runner/exchange/account.ts";
import { Matching } from "#runner/exchange/matching.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { perpsOf } from "#test/runner/exchange/support.ts";
import {
  BTC,
  endsOf,
  fillsOf,
  NOW,
  place,
  tradeAt,
  type World,
  waiting,
  worldWith,
} from "#test/runner/exchange/world.ts";
import { bool, maybe, num, oneOf, str, table } from "#test/support/table.ts";

const [, ETH = BTC] = perpsOf("BTC", "ETH");

function worldOf(kind: "cross" | "isolated", held: number, usdc: number): World {
  const account = new Account(usdc);
  account.setLeverage(BTC, { kind, value: 10 });
  const matching = new Matching({ firstOrderId: 1, firstTradeId: 1 });
  matching.setMark(BTC, 1000);
  bookFill(account, BTC, { signedSize: held, price: 1000, fee: 0 });
  matching.adopt(account);
  return { account, matching, outcomes: [] };
}

const methodsOf = (world: World): readonly string[] =>
  world.outcomes.flatMap((each) => (each.kind === "liquidation" ? [each.liquidation.method] : []));

describe("one position and a trade of the market", () => {
  const KIND = oneOf("cross", "isolated");
  const METHOD = maybe(oneOf("market", "backstop"));
  const cases = table(
    {
      kind: KIND,
      held: num,
      usdc: num,
      trade: num,
      opening: bool,
      method: METHOD,
      price: maybe(num),
      cash: num,
      vault: num,
    },
    `
    kind      held  usdc   trade  opening | method     price       cash  vault
    cross        1   100     912       no | -              -        100      0
    cross        1   100     911       no | market     911.3  10.889915      0
    cross        1   100     800       no | market     911.3  10.889915      0
    cross        1   100     910      yes | market       910     9.5905      0
    cross        1   100     905      yes | backstop     905          0      5
    cross        1   100     880      yes | backstop     880          0    -20
    cross        1  5000     500      yes | -              -       5000      0
    cross       -1   100    1086       no | -              -        100      0
    cross       -1   100    1090       no | market    1086.5  13.011075      0
    cross       -1   100    1092      yes | backstop    1092          0      8
    isolated     1  1000     912      yes | -              -       1000      0
    isolated     1  1000     911       no | market     911.3  910.889915     0
    isolated     1  1000     905      yes | backstop     905        900      5
    isolated     1  1000     880      yes | backstop     880        900    -20
    isolated    -1  1000    1092      yes | backstop    1092        900      8
    `,
  );
  test.each(cases)("$kind $held with $usdc, trade at $trade, jump $opening: $method", (row) => {
    const world = worldOf(row.kind, row.held, row.usdc);
    tradeAt(world, row.trade, row.opening);
    const [method] = methodsOf(world);
    expect(method === "market" || method === "backstop" ? method : undefined).toBe(row.method);
    const [fill] = fillsOf(world);
    expect<number | undefined>(fill?.price).toBe(row.price);
    expect(world.account.sizeOf(BTC)).toBe(row.method === undefined ? row.held : 0);
    expect(world.account.cash).toBeCloseTo(row.cash, 6);
    expect(world.matching.vault).toBeCloseTo(row.vault, 6);
    expect(world.matching.mark(BTC)).toBe(row.trade);
    if (row.method !== undefined) {
      const markPrice = row.price ?? 0;
      expect(fill?.liquidation).toMatchObject({ markPrice, method: row.method });
    }
  });
});

describe("a stop and the price that liquidates, 911.4", () => {
  const cases = table(
    { stop: num, trade: num, opening: bool, ends: str, price: num },
    `
    stop  trade  opening | ends                       price
     950    800       no | filled                       950
     905    800       no | liquidatedCanceled filled  911.3
     950    880      yes | liquidatedCanceled filled    880
     950    930      yes | filled                       930
    `,
  );
  test.each(cases)("stop at $stop, trade at $trade, jump $opening: $ends", (row) => {
    const world = worldOf("cross", 1, 100);
    place(world, waiting("sl", row.stop));
    tradeAt(world, row.trade, row.opening);
    expect(endsOf(world)).toBe(row.ends);
    expect(fillsOf(world).map(({ price }) => price)).toEqual([row.price]);
    expect(world.matching.mark(BTC)).toBe(row.trade);
  });
});

test("a large position is closed in pieces of a fifth, and wholly within 30 s of the last one", () => {
  const world = worldOf("cross", 200, 20_000);
  world.matching.trade({ perp: BTC, price: 911, opening: false }, NOW, world.outcomes);
  expect(world.account.sizeOf(BTC)).toBe(160);
  world.matching.trade({ perp: BTC, price: 905, opening: false }, NOW + 29_999, world.outcomes);
  expect(world.account.sizeOf(BTC)).toBe(0);
  expect(methodsOf(world)).toEqual(["market", "market"]);
});

test("after 30 s a large position is closed in pieces again", () => {
  const world = worldOf("cross", 200, 20_000);
  world.matching.trade({ perp: BTC, price: 911, opening: false }, NOW, world.outcomes);
  world.matching.trade({ perp: BTC, price: 905, opening: false }, NOW + 30_000, world.outcomes);
  expect(world.account.sizeOf(BTC)).toBe(128);
});

const bookAt = (price: number): Quote => ({
  bids: [
    { price, size: 0.3 },
    { price: price - 1, size: 0.2 },
  ],
  asks: [],
  mark: price,
});

test("it takes from the book, and what that does not show at its last level", () => {
  const world = worldOf("cross", 1, 100);
  world.matching.trade({ perp: BTC, price: 911, opening: false, bookAt }, NOW, world.outcomes);
  expect(fillsOf(world).map(({ price, size }) => [price, size])).toEqual([
    [911.3, 0.3],
    [910.3, 0.2],
    [910.3, 0.5],
  ]);
});

test("a cross account loses all its cross positions and orders; what is isolated stays", () => {
  const world = worldOf("cross", 1, 220);
  const { account, matching } = world;
  account.setLeverage(ETH, { kind: "isolated", value: 10 });
  matching.setMark(ETH, 1000);
  bookFill(account, ETH, { signedSize: 1, price: 1000, fee: 0 });
  matching.adopt(account);
  place(world, { price: 500, size: 0.1 });
  matching.place(
    account,
    {
      perp: ETH,
      side: "buy",
      price: 500,
      size: 0.1,
      reduceOnly: false,
      timeInForce: "gtc",
      clientOrderId: null,
    },
    { quote: { bids: [], asks: [], mark: 1000 }, nowMs: NOW },
    world.outcomes,
  );
  tradeAt(world, 880, true);
  expect(endsOf(world)).toBe("liquidatedCanceled open filled");
  expect(account.sizeOf(ETH)).toBe(1);
  expect(account.cash).toBe(100);
});

test("a healthy account beside an ill one keeps everything", () => {
  const ill = worldOf("cross", 1, 100);
  const healthy = worldWith(1);
  ill.matching.adopt(healthy.account);
  tradeAt(ill, 880, true);
  expect(healthy.account.sizeOf(BTC)).toBe(1);
  expect(ill.account.sizeOf(BTC)).toBe(0);
});
