import { expect, test } from "bun:test";
import { didYouMean, editDistance, nearest } from "#shared/near.ts";
import { maybe, str, table } from "#test/support/table.ts";

const KNOWN = ["sma-cross", "breakout", "grid", "hold", "btc-trend", "1h", "4h", "BTC", "ETH"];

test.each(
  table(
    { wrong: str, near: maybe(str) },
    `
    wrong       near
    sma-cros    sma-cross
    smacross    sma-cross
    brekaout    breakout
    gird        grid
    btc         BTC
    EHT         ETH
    brea        breakout
    1hour       -
    1H          1h
    momentum    -
    x           -
    `,
  ),
)("$wrong means $near", ({ wrong, near }) => {
  expect(nearest(wrong, KNOWN)).toBe(near);
});

test("a swap of neighbours is one edit", () => {
  expect(editDistance("gird", "grid")).toBe(1);
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
});

test("the end of a sentence", () => {
  expect(didYouMean("hodl", KNOWN)).toBe('; did you mean "hold"?');
  expect(didYouMean("zzz", KNOWN)).toBe("");
});
