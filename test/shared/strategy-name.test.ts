import { expect, test } from "bun:test";
import { StrategyName } from "#shared/strategy-name.ts";
import { num, str, table } from "#test/support/table.ts";

const names = table(
  { name: str, fits: num },
  `
  name         | fits
  sma-cross    | 1
  a            | 1
  managers     | 1
  all          | 0
  manager      | 0
  inspect      | 0
  Sma          | 0
  1st          | 0
  a_b          | 0
  ../config    | 0
`,
);
test.each(names)("$name names a strategy: $fits", ({ name, fits }) => {
  expect(StrategyName.safeParse(name).success).toBe(fits === 1);
});
