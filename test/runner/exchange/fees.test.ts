/** Fee tiers: the fourteen days before today decide. */
import { describe, expect, test } from "bun:test";
import { FeeMeter, feeOf, ratesOf } from "#runner/exchange/fees.ts";
import { num, table } from "#test/support/table.ts";

const DAY_MS = 86_400_000;

describe("rates by volume", () => {
  const cases = table(
    { volume: num, taker: num, maker: num },
    `
        volume    taker    maker
             0  0.00045  0.00015
       5000000  0.00045  0.00015
       5000001  0.00040  0.00012
      25000001  0.00035  0.00008
     100000001  0.00030  0.00004
     500000001  0.00028  0
    2000000001  0.00026  0
    7000000001  0.00024  0
    `,
  );
  test.each(cases)("$volume: $taker, $maker", ({ volume, taker, maker }) => {
    expect(ratesOf(volume)).toMatchObject({ taker, maker });
  });
});

test("a fee is cut off after six decimals", () => {
  expect(feeOf(4307.4 * 0.0025, 0.000_45)).toBe(0.004845);
});

test("today does not count, fourteen days do, and then they are forgotten", () => {
  const meter = new FeeMeter();
  const takerOn = (day: number): number => meter.ratesAt(day * DAY_MS).taker;
  expect(takerOn(100)).toBe(0.000_45);
  meter.add(3e6);
  expect(takerOn(101)).toBe(0.000_45);
  meter.add(3e6);
  expect(takerOn(101)).toBe(0.000_45);
  expect(takerOn(102)).toBe(0.0004);
  expect(takerOn(114)).toBe(0.0004);
  expect(takerOn(115)).toBe(0.000_45);
});
