import { describe, expect, test } from "bun:test";
import {
  formatDecimal,
  isValidPrice,
  isValidSize,
  priceTick,
  roundPrice,
  roundSize,
} from "#shared/instrument.ts";
import { seededRandom } from "#shared/random.ts";
import { bool, num, oneOf, str, table } from "#test/support/table.ts";

describe("prices: five significant figures, at most 6 - size decimals places, integers always", () => {
  test.each(
    table(
      { price: str, decimals: num, valid: bool },
      `
      price      decimals  valid
      123456            5  yes
      12345.6           5  no
      1234.5            2  yes
      1234.56           2  no
      0.01234           1  yes
      0.01234           2  no
      0.012345          0  yes
      0.012345          1  no
      0.0123456         0  no
      83767.0           5  yes
      1.50000           5  yes
      1.5               6  no
      0                 2  no
      -1                2  no
      1e3               2  no
      .5                2  no
      `,
    ),
  )("$price with $decimals size decimals: $valid", ({ price, decimals, valid }) => {
    expect(isValidPrice(price, decimals)).toBe(valid);
  });

  test.each(
    table(
      {
        price: num,
        decimals: num,
        rounding: oneOf("down", "up", "nearest"),
        gives: num,
        tick: num,
      },
      `
      price       decimals  rounding  gives     tick
      123456.7           5  nearest   123457    1
      123456.7           5  down      123456    1
      97123.456          5  down      97123     1
      97123.456          5  up        97124     1
      3742.87            4  nearest   3742.9    0.1
      3742.81            4  up        3742.9    0.1
      23.4567            2  nearest   23.457    0.001
      0.0123456          0  nearest   0.012346  0.000001
      99999.5            5  up        100000    1
      0.3                2  down      0.3       0.0001
      `,
    ),
  )("$price rounded $rounding is $gives", ({ price, decimals, rounding, gives, tick }) => {
    expect(roundPrice(price, decimals, rounding)).toBeCloseTo(gives, 10);
    expect(priceTick(price, decimals)).toBeCloseTo(tick, 12);
  });

  test("every rounded price is one that the exchange accepts, and near what was asked", () => {
    const random = seededRandom(11);
    for (let count = 0; count < 20_000; count++) {
      const decimals = Math.floor(random() * 6);
      const price = 10 ** (random() * 9 - 3);
      for (const rounding of ["down", "up", "nearest"] as const) {
        const rounded = roundPrice(price, decimals, rounding);
        const what = `${price} ${rounding}, ${decimals} size decimals: ${rounded}`;
        if (rounded > 0) expect(isValidPrice(formatDecimal(rounded), decimals), what).toBe(true);
        expect(Math.abs(rounded - price), what).toBeLessThanOrEqual(priceTick(price, decimals));
      }
    }
  });
});

describe("sizes", () => {
  test.each(
    table(
      { size: num, decimals: num, gives: num },
      `
      size      decimals  gives
      1.00049          4  1.0004
      0.3              1  0.3
      0.00004          4  0
      2.9999999999     2  3
      12.5             0  12
      165.63           8  165.63
      90071.99254741   8  90071.99254741
      `,
    ),
  )("$size becomes $gives", ({ size, decimals, gives }) => {
    expect(roundSize(size, decimals)).toBe(gives);
  });

  test("too many decimals are refused, trailing zeros do not count", () => {
    expect(isValidSize("0.00100", 3)).toBe(true);
    expect(isValidSize("0.0011", 3)).toBe(false);
  });
});

test("numbers travel without exponent and without trailing zeros", () => {
  const cases = [1e-7, 1e-9, 100, 0.5, 1234567.1, -0, 1e15];
  expect(cases.map(formatDecimal)).toEqual([
    "0.0000001",
    "0",
    "100",
    "0.5",
    "1234567.1",
    "0",
    "1000000000000000",
  ]);
});
