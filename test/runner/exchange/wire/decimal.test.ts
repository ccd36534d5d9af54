/** Numbers as the exchange writes them. */
import { expect, test } from "bun:test";
import { truncate } from "#runner/exchange/rounding.ts";
import { wireDecimal, wireRate, wireUsdc } from "#runner/exchange/wire/decimal.ts";
import { num, str, table } from "#test/support/table.ts";

const cases = table(
  { value: num, decimal: str, usdc: str },
  `
              value | decimal              usdc
                  0 | 0.0                  0.0
              83765 | 83765.0              83765.0
               -0.5 | -0.5                 -0.5
         0.00061000 | 0.00061              0.00061
          2.3831175 | 2.3831175            2.383117
         -2.8284489 | -2.8284489           -2.828448
               0.29 | 0.29                 0.29
   3058559945.30392 | 3058559945.30392     3058559945.30392
         3000000000 | 3000000000.0         3000000000.0
      10000000.1234 | 10000000.1234        10000000.1234
  `,
);
test.each(cases)("$value is $decimal, as money $usdc", ({ value, decimal, usdc }) => {
  expect(wireDecimal(value)).toBe(decimal);
  expect(wireUsdc(value)).toBe(usdc);
});

test("rates have ten decimals at most", () => {
  expect([0.0000125, 0, -0.0000079506, 1].map(wireRate)).toEqual([
    "0.0000125",
    "0.0",
    "-0.0000079506",
    "1.0",
  ]);
});

test("truncation is not fooled by float noise", () => {
  expect([
    truncate(0.29, 2),
    truncate(1.005, 2),
    truncate(-1.239, 2),
    truncate(0.1 + 0.2, 1),
  ]).toEqual([0.29, 1, -1.23, 0.3]);
});
