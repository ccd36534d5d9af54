/** Hourly funding: who pays, how much, and where an account shows it. */
import { describe, expect, test } from "bun:test";
import { InfoClient } from "@nktkas/hyperliquid";
import { Account, bookFill } from "#runner/exchange/account.ts";
import { payFunding } from "#runner/exchange/funding.ts";
import { FundingHours } from "#runner/exchange/market/funding-hours.ts";
import { Rows } from "#runner/exchange/market/rows.ts";
import {
  ALICE,
  bestOf,
  clientOf,
  httpTo,
  limit,
  standingSim,
} from "#test/runner/exchange/support.ts";
import { BTC } from "#test/runner/exchange/world.ts";
import { num, oneOf, table } from "#test/support/table.ts";

const HOUR_MS = 3_600_000;
const user = ALICE.address;

describe("an hour of a position at an oracle price of 1000", () => {
  const cases = table(
    { kind: oneOf("cross", "isolated"), held: num, rate: num, usdc: num, collateral: num },
    `
    kind      held       rate |    usdc  collateral
    cross        1    0.00001 |   -0.01           0
    cross       -1    0.00001 |    0.01           0
    cross        2   -0.00001 |    0.02           0
    cross        1       0.05 |     -40           0
    cross        1      -0.05 |      40           0
    isolated     1    0.00001 |   -0.01       99.99
    isolated    -1    0.00001 |    0.01      100.01
    `,
  );
  test.each(cases)("$kind $held at $rate: $usdc", (row) => {
    const account = new Account(1000);
    account.setLeverage(BTC, { kind: row.kind, value: 10 });
    bookFill(account, BTC, { signedSize: row.held, price: 1000, fee: 0 });
    const payment = payFunding(account, BTC, { rate: row.rate, oracle: 1000, timeMs: 1 });
    expect(payment?.usdc).toBe(row.usdc);
    expect(account.cash).toBe(1000 + row.usdc);
    expect(account.positions.get(0)?.collateral).toBe(row.collateral);
    expect(account.fundingOf(BTC).sinceOpen).toBe(-row.usdc);
  });

  test("an account without the coin pays nothing", () => {
    expect(
      payFunding(new Account(1000), BTC, { rate: 1, oracle: 1000, timeMs: 1 }),
    ).toBeUndefined();
  });

  test("it is counted since the last change, since the position was opened, and for ever", () => {
    const account = new Account(1000);
    const pay = () => payFunding(account, BTC, { rate: 0.001, oracle: 1000, timeMs: 1 });
    const fill = (signedSize: number) =>
      bookFill(account, BTC, { signedSize, price: 1000, fee: 0 });
    fill(1);
    pay();
    fill(1);
    pay();
    expect(account.fundingOf(BTC)).toEqual({ allTime: 3, sinceOpen: 3, sinceChange: 2 });
    fill(-3);
    expect(account.fundingOf(BTC)).toEqual({ allTime: 3, sinceOpen: 0, sinceChange: 0 });
  });
});

test("recorded hours pay what was recorded, others the baseline, none before or after the market", () => {
  const rows = new Rows(0, HOUR_MS);
  for (let count = 0; count < 4; count++) {
    rows.push({ open: 1, high: 1, low: 1, close: 1, volume: 1 });
  }
  const hours = new FundingHours(rows, [{ timeMs: HOUR_MS + 5, rate: 0.0007 }]);
  expect(hours.between(-HOUR_MS, 9 * HOUR_MS).map(({ rate }) => rate)).toEqual([
    0.0000125, 0.0007, 0.0000125, 0.0000125, 0.0000125,
  ]);
  expect(hours.between(HOUR_MS, 2 * HOUR_MS - 1)).toHaveLength(1);
});

test("the exchange pays once an hour, at the price before it, and lists it", async () => {
  await using sim = await standingSim({ coins: ["BTC"] });
  const info = new InfoClient({ transport: httpTo(sim) });
  const { ask } = await bestOf(sim);
  await clientOf(sim, ALICE).order({ orders: [limit(ask + 50, { tif: "Ioc" })] });
  const startTime = sim.nowMs;
  sim.advance(3 * HOUR_MS);
  const paid = await info.userFunding({ user, startTime });
  const rates = await info.fundingHistory({ coin: "BTC", startTime });
  expect(paid.map(({ time, delta }) => [time, delta.fundingRate])).toEqual(
    rates.map(({ time, fundingRate }) => [time, fundingRate]),
  );
  expect(paid).toHaveLength(3);
  const [first] = paid;
  const hour = Math.floor((first?.time ?? 0) / HOUR_MS) * HOUR_MS;
  const before = sim.exchange.market.of("BTC").candles("1m", hour - 60_000, hour - 1)[0];
  const expected = -0.01 * (before?.close ?? 0) * Number(first?.delta.fundingRate);
  // The wire has six decimals.
  expect(Math.abs(Number(first?.delta.usdc) - expected)).toBeLessThan(0.51e-6);
  expect(first?.delta).toMatchObject({ type: "funding", coin: "BTC", szi: "0.01", nSamples: null });
  const state = await info.clearinghouseState({ user });
  const sum = paid.reduce((total, { delta }) => total - Number(delta.usdc), 0);
  expect(Number(state.assetPositions[0]?.position.cumFunding.sinceOpen)).toBeCloseTo(sum, 6);
});
