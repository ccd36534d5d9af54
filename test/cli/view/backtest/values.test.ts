import { expect, test } from "bun:test";
import { type Unit, valueText } from "#cli/view/backtest/values.ts";
import { maybe, num, oneOf, str, table } from "#test/support/table.ts";

const units: readonly Unit[] = [
  "money",
  "signed-money",
  "ratio",
  "signed-ratio",
  "number",
  "count",
  "duration",
];

const cases = table(
  { value: maybe(num), unit: oneOf(...units), text: str },
  `
  value    | unit         | text
  1234.5   | money        | 1,234.50
  12       | signed-money | +12.00
  0.1234   | ratio        | 12.3%
  -0.1234  | signed-ratio | -12.3%
  1.23456  | number       | 1.23
  12345    | count        | 12,345
  7500000  | duration     | 2h 5m
  -        | ratio        | n/a
`,
);
test.each(cases)("$value as $unit is $text", ({ value, unit, text }) => {
  expect(valueText(value ?? null, unit)).toBe(text);
});
