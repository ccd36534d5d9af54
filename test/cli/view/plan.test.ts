import { describe, expect, test } from "bun:test";
import { renderCheck, renderPlan } from "#cli/view/plan.ts";
import { PLAN } from "#test/support/fleet-fixtures.ts";
import { atThreeWidths, MARKED, screenAt, widestLine } from "#test/support/screens.ts";

describe("a plan", () => {
  test("says what is started, replaced and left", () => {
    expect(renderPlan(PLAN, screenAt(80))).toMatchInlineSnapshot(`
      "~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef
      + start    sol-grid
      = leave    eth-breakout
      not in the file, left as they are: crasher"
    `);
  });

  test("has one line for all that is left when that is much", () => {
    const [, , left] = PLAN.items;
    if (left === undefined) throw new Error("nothing is left");
    const many = Array.from({ length: 200 }, (_, index) => ({ ...left, name: `left-${index}` }));
    const plan = { ...PLAN, items: [...many, ...PLAN.items] };
    const text = renderPlan(plan, screenAt(80));
    expect(text).toMatchInlineSnapshot(`
      "~ replace  btc-trend  fast 10 → 12, code 01234567 → 89abcdef
      + start    sol-grid
      = leave    201: left-0, left-1, left-2, left-3, left-4 and 196 more
      not in the file, left as they are: crasher"
    `);
    for (const width of [120, 160]) expect(renderPlan(plan, screenAt(width))).toBe(text);
  });

  test("painted", () => {
    expect(renderPlan(PLAN, screenAt(80, MARKED))).toMatchInlineSnapshot(`
      "<yellow>~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef</yellow>
      <green>+ start    sol-grid</green>
      <dim>= leave    eth-breakout</dim>
      <dim>not in the file, left as they are: crasher</dim>"
    `);
  });

  test("checked also says what each strategy would be given", () => {
    expect(renderCheck(PLAN, screenAt(80))).toMatchInlineSnapshot(`
      "~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef
          version  1.0.0
          params   coin=BTC fast=12
          feeds    BTC 1m with 30 candles of warm-up
      + start    sol-grid
          version  1.0.0
      = leave    eth-breakout
          version  2.1.0
          params   coin=ETH
          feeds    ETH 1m with 20 candles of warm-up, ETH 5m with 20 candles of
                   warm-up"
    `);
  });

  test("checked fits a narrow screen", () => {
    expect(widestLine(renderCheck(PLAN, screenAt(40)))).toBeLessThanOrEqual(40);
  });
});

test("a plan, and a check, at three widths", () => {
  expect(
    atThreeWidths(
      (width) => `${renderPlan(PLAN, screenAt(width))}\n${renderCheck(PLAN, screenAt(width))}`,
    ),
  ).toMatchInlineSnapshot(`
    "at 80:
    ~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef
    + start    sol-grid
    = leave    eth-breakout
    not in the file, left as they are: crasher
    ~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef
        version  1.0.0
        params   coin=BTC fast=12
        feeds    BTC 1m with 30 candles of warm-up
    + start    sol-grid
        version  1.0.0
    = leave    eth-breakout
        version  2.1.0
        params   coin=ETH
        feeds    ETH 1m with 20 candles of warm-up, ETH 5m with 20 candles of
                 warm-up
    at 120, 160:
    ~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef
    + start    sol-grid
    = leave    eth-breakout
    not in the file, left as they are: crasher
    ~ replace  btc-trend     fast 10 → 12, code 01234567 → 89abcdef
        version  1.0.0
        params   coin=BTC fast=12
        feeds    BTC 1m with 30 candles of warm-up
    + start    sol-grid
        version  1.0.0
    = leave    eth-breakout
        version  2.1.0
        params   coin=ETH
        feeds    ETH 1m with 20 candles of warm-up, ETH 5m with 20 candles of warm-up"
  `);
});
