import { expect, test } from "bun:test";
import { inferInstrument } from "#manager/archive/infer.ts";
import { columnsOfRows } from "#shared/columns.ts";
import { num, table } from "#test/support/table.ts";

const cases = table(
  { price: num, volume: num, decimals: num },
  `
  price     volume   | decimals
  118712    2.63688  | 5
  3831.5    1120.149 | 3
  0.0112    500      | 0
  2.31      12.5     | 1
  0.123456  1.5      | 0
  100       7        | 0
  100       0.1      | 1
  50.25     0.123456 | 4
`,
);

test.each(cases)("a price of $price and a volume of $volume", ({ price, volume, decimals }) => {
  const row = { open: price, high: price, low: price, close: price, volume, trades: 0 };
  const sample = columnsOfRows([
    { openTime: 0, ...row, volume: 0 },
    { openTime: 1, ...row },
  ]);
  expect(inferInstrument("X", 3, sample)).toEqual({
    coin: "X",
    assetId: 3,
    sizeDecimals: decimals,
    maxLeverage: 10,
    delisted: false,
  });
});

test("a sum that is off by float64's last digit has the decimals of its parts", () => {
  const row = { openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 0.1 + 0.2, trades: 0 };
  expect(inferInstrument("X", 0, columnsOfRows([row])).sizeDecimals).toBe(1);
});
