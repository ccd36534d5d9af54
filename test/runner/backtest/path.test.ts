import { expect, test } from "bun:test";
import { firstCorner } from "#runner/backtest/path.ts";
import { maybe, num, oneOf, table } from "#test/support/table.ts";

test.each(
  table(
    {
      path: oneOf("ohlc", "olhc", "worst", "best"),
      held: num,
      rests: maybe(oneOf("buy", "sell")),
      first: oneOf("high", "low"),
    },
    `
    path   held  rests | first
    ohlc      1      - | high
    ohlc     -1    buy | high
    olhc     -1      - | low
    worst     1      - | low
    worst     1   sell | low
    worst    -1      - | high
    worst     0      - | high
    worst     0    buy | high
    worst     0   sell | low
    best      1      - | high
    best     -1      - | low
    best      0    buy | low
    best      0   sell | high
    `,
  ),
)("the way $path goes to the $first first: held $held, resting $rests", (row) => {
  expect(firstCorner(row.path, row.held, row.rests)).toBe(row.first);
});
