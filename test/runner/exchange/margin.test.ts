/** Margin, against numbers of the exchange itself. */
import { describe, expect, test } from "bun:test";
import { Account, bookFill } from "#runner/exchange/account.ts";
import { accountMargin, committedMargin, crossValue } from "#runner/exchange/account-margin.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { updateLeverage } from "#runner/exchange/leverage.ts";
import { liquidationPrice, maintenanceMargin } from "#runner/exchange/margin.ts";
import { Matching } from "#runner/exchange/matching.ts";
import type { OrderRequest } from "#runner/exchange/orders.ts";
import { stateToWire } from "#runner/exchange/wire/account.ts";
import type { Side } from "#shared/order.ts";
import { perpOf } from "#test/runner/exchange/support.ts";
import { maybe, num, oneOf, str, table } from "#test/support/table.ts";

const BTC = perpOf("BTC");
/** ETH as it was when the docs' sample was made: 50x, one tier. */
const ETH_50X: Perp = {
  ...perpOf("ETH"),
  maxLeverage: 50,
  marginTiers: [{ lowerBound: 0, maxLeverage: 50 }],
};

test("the isolated sample of Hyperliquid's docs comes out to the last digit", () => {
  const account = new Account(13_104.514502 + 4.981226);
  account.setLeverage(ETH_50X, { kind: "isolated", value: 20 });
  const collateral = 2986.3 * 0.0335 - 95.059824;
  account.positions.set(1, { perp: ETH_50X, size: 0.0335, entryPrice: 2986.3, collateral });
  const state = stateToWire(account, () => 2985.9, 1_708_622_398_623);
  expect(state.assetPositions[0]?.position).toEqual({
    coin: "ETH",
    szi: "0.0335",
    leverage: { type: "isolated", value: 20, rawUsd: "-95.059824" },
    entryPx: "2986.3",
    positionValue: "100.02765",
    unrealizedPnl: "-0.0134",
    returnOnEquity: "-0.0026789003",
    liquidationPx: "2866.26936529",
    marginUsed: "4.967826",
    maxLeverage: 50,
    cumFunding: { allTime: "0.0", sinceOpen: "0.0", sinceChange: "0.0" },
  });
  expect(state).toMatchObject({
    marginSummary: {
      accountValue: "13109.482328",
      totalNtlPos: "100.02765",
      totalRawUsd: "13009.454678",
      totalMarginUsed: "4.967826",
    },
    crossMarginSummary: {
      accountValue: "13104.514502",
      totalNtlPos: "0.0",
      totalRawUsd: "13104.514502",
      totalMarginUsed: "0.0",
    },
    crossMaintenanceMarginUsed: "0.0",
    withdrawable: "13104.514502",
  });
});

test("a recorded cross account comes out to the last digit", () => {
  const mark = 47.66235 / 0.00061;
  const entryPrice = 50.49083 / 0.00061;
  const account = new Account(131.345076 + 50.49083);
  account.positions.set(0, { perp: BTC, size: 0.00061, entryPrice, collateral: 0 });
  const state = stateToWire(account, () => mark, 0);
  expect(state.marginSummary).toEqual({
    accountValue: "179.007426",
    totalNtlPos: "47.66235",
    totalRawUsd: "131.345076",
    totalMarginUsed: "2.383117",
  });
  expect(state.crossMarginSummary).toEqual(state.marginSummary);
  expect(state).toMatchObject({
    crossMaintenanceMarginUsed: "0.595779",
    withdrawable: "174.241191",
  });
  expect(state.assetPositions[0]?.position).toMatchObject({
    szi: "0.00061",
    leverage: { type: "cross", value: 20 },
    entryPx: "82771.9",
    positionValue: "47.66235",
    unrealizedPnl: "-2.82848",
    liquidationPx: null,
    marginUsed: "2.383117",
    maxLeverage: 40,
  });
});

test("an empty account is all zeros", () => {
  const zeros = {
    accountValue: "0.0",
    totalNtlPos: "0.0",
    totalRawUsd: "0.0",
    totalMarginUsed: "0.0",
  };
  expect(stateToWire(new Account(0), () => 1, 5)).toEqual({
    marginSummary: zeros,
    crossMarginSummary: zeros,
    crossMaintenanceMarginUsed: "0.0",
    withdrawable: "0.0",
    assetPositions: [],
    time: 5,
  });
});

describe("maintenance margin of BTC (40x, 20x above 150 M)", () => {
  const cases = table(
    { notional: num, margin: num },
    `
       notional |  margin
         377667 | 4720.8375
      150000000 | 1875000
      200000000 | 3125000
    `,
  );
  test.each(cases)("of $notional is $margin", ({ notional, margin }) => {
    expect(maintenanceMargin(BTC.marginTiers, notional)).toBeCloseTo(margin, 6);
  });
});

describe("liquidation price", () => {
  const cases = table(
    { price: num, size: num, available: num, liquidation: maybe(num) },
    `
      price  size  available | liquidation
       1000     1         90 |  908.860759
       1000    -1         90 | 1088.888889
       1000     1       5000 |           -
    `,
  );
  test.each(cases)(
    "of $size at $price with $available",
    ({ price, size, available, liquidation }) => {
      const found = liquidationPrice({ price, size, available, tiers: BTC.marginTiers });
      if (liquidation === undefined) expect(found).toBeUndefined();
      else expect(found).toBeCloseTo(liquidation, 6);
    },
  );

  test("at that price the account is worth its maintenance margin", () => {
    const account = new Account(200);
    account.positions.set(0, { perp: BTC, size: 1, entryPrice: 1000, collateral: 0 });
    const { cross, crossMaintenance } = accountMargin(account, () => 1000);
    const available = cross.accountValue - crossMaintenance;
    const at = liquidationPrice({ price: 1000, size: 1, available, tiers: BTC.marginTiers });
    const then = accountMargin(account, () => at ?? 0);
    expect(then.cross.accountValue).toBeCloseTo(then.crossMaintenance, 5);
  });
});

const order = (side: Side, size: number, price: number, reduceOnly: boolean): OrderRequest => ({
  perp: BTC,
  side,
  size,
  price,
  reduceOnly,
  timeInForce: "gtc",
  clientOrderId: null,
});

describe("what orders tie up", () => {
  const cases = table(
    { held: num, orders: str, margin: num },
    `
    held  orders            | margin
       0  buy1              |     50
       0  buy1 sell1        |     55
       0  buy1 buy1         |    100
       1  -                 |     50
       1  buy1              |    100
       1  sell1             |     50
       1  sell3             |    115
       1  reduce1 reduce1   |     50
      -1  sell1 buy1        |    105
    `,
  );
  // Mark 1000 at 20x: a BTC ties up 50; sells rest at 1100 and tie up 55.
  test.each(cases)("$held held, $orders: $margin", (row) => {
    const account = new Account(100_000);
    const matching = new Matching({ firstOrderId: 1, firstTradeId: 1 });
    matching.setMark(BTC, 1000);
    if (row.held !== 0) bookFill(account, BTC, { signedSize: row.held, price: 1000, fee: 0 });
    const quote = { bids: [{ price: 900, size: 9 }], asks: [{ price: 1099, size: 9 }], mark: 1000 };
    for (const each of row.orders === "-" ? [] : row.orders.split(" ")) {
      const size = Number(each.at(-1));
      const isBuy = each.startsWith("buy");
      const request = order(
        isBuy ? "buy" : "sell",
        size,
        isBuy ? 1000 : 1100,
        each.startsWith("reduce"),
      );
      expect(matching.place(account, request, { quote, nowMs: 0 }, []).kind).toBe("resting");
    }
    expect(committedMargin(account, () => 1000)).toBeCloseTo(row.margin, 9);
    // A tenth of a position's notional stays behind, and what orders tie up beyond its margin.
    const stays = row.held === 0 ? row.margin : 100 + row.margin - 50;
    expect(accountMargin(account, () => 1000).withdrawable).toBeCloseTo(100_000 - stays, 9);
  });
});

test("a higher leverage gives nothing back from an isolated position", () => {
  const account = new Account(1000);
  account.setLeverage(BTC, { kind: "isolated", value: 5 });
  bookFill(account, BTC, { signedSize: 1, price: 1000, fee: 0 });
  expect(updateLeverage(account, BTC, { kind: "isolated", value: 10 }, () => 1000)).toBeUndefined();
  expect(account.positions.get(BTC.assetId)?.collateral).toBe(200);
  expect(updateLeverage(account, BTC, { kind: "isolated", value: 2 }, () => 1000)).toBeUndefined();
  expect(account.positions.get(BTC.assetId)?.collateral).toBe(500);
});

test("closing half of an isolated position frees half of its collateral", () => {
  const account = new Account(1000);
  account.setLeverage(BTC, { kind: "isolated", value: 5 });
  bookFill(account, BTC, { signedSize: 1, price: 1000, fee: 0 });
  bookFill(account, BTC, { signedSize: -0.5, price: 1100, fee: 0 });
  expect(account.positions.get(BTC.assetId)?.collateral).toBe(100);
  expect(crossValue(account, () => 1100)).toBe(950);
});

describe("changing the leverage", () => {
  const KIND = oneOf("cross", "isolated");
  const cases = table(
    { held: num, usdc: num, from: KIND, old: num, to: KIND, next: num, refusal: maybe(str) },
    `
    held  usdc  from      old  to        next | refusal
       0  1000  cross      20  isolated     5 | -
       0  1000  cross      20  cross       41 | Invalid leverage value
       0  1000  cross      20  cross        0 | Invalid leverage value
       0  1000  cross      20  cross      2.5 | Invalid leverage value
       1  1000  cross      20  isolated    20 | Cannot switch leverage type with open position.
       1  1000  cross      20  cross       40 | -
       1  1000  cross      20  cross        1 | -
       1   900  cross      20  cross        1 | Cross position does not have sufficient margin available to decrease leverage.
       1   500  isolated   10  isolated     5 | -
       1   150  isolated   10  isolated     5 | Isolated position does not have sufficient margin available to decrease leverage.
    `,
  );
  test.each(cases)("held $held, $usdc USDC: $from $old to $to $next: $refusal", (row) => {
    const account = new Account(row.usdc);
    const before = { kind: row.from, value: row.old };
    account.setLeverage(BTC, before);
    const collateral = row.from === "isolated" ? 1000 / row.old : 0;
    const position = { perp: BTC, size: row.held, entryPrice: 1000, collateral };
    if (row.held !== 0) account.positions.set(0, position);
    const next = { kind: row.to, value: row.next };
    expect(updateLeverage(account, BTC, next, () => 1000)).toBe(row.refusal);
    expect(account.leverageOf(BTC)).toEqual(row.refusal === undefined ? next : before);
    if (row.refusal !== undefined && row.held !== 0) {
      expect(account.positions.get(0)).toEqual(position);
    }
  });
});
