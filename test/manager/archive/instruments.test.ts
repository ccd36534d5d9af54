import { expect, test } from "bun:test";
import { refuseLeverage } from "#manager/archive/instruments.ts";
import { bool, maybe, num, str, table } from "#test/support/table.ts";

const cases = table(
  { leverage: maybe(num), inferred: bool, says: str },
  `
  leverage | inferred | says
  -        | no       | nothing
  1        | no       | nothing
  10       | no       | nothing
  11       | no       | a leverage of 11 is more than the exchange gives for HYPE: 10
  10       | yes      | nothing
  50       | yes      | a leverage of 50 cannot be tested: the exchange never told here what HYPE allows, so 10 is its most
`,
);

test.each(cases)("a leverage of $leverage, inferred: $inferred", ({ leverage, inferred, says }) => {
  const rules = { assetId: 3, sizeDecimals: 2, delisted: false };
  const coins = [
    { instrument: { ...rules, coin: "BTC", maxLeverage: 50 }, inferred: false },
    { instrument: { ...rules, coin: "HYPE", maxLeverage: 10 }, inferred },
  ];
  const refused = () => refuseLeverage(coins, leverage ?? null);
  if (says === "nothing") expect(refused).not.toThrow();
  else expect(refused).toThrow(says);
});
