import { expect, test } from "bun:test";
import { csv } from "#cli/view/csv.ts";

test("CSV quotes what would be read otherwise, titles too", () => {
  const columns = { "a,b": (row: string) => row, none: () => null, count: () => 2 };
  expect(csv(columns, ['say "no"', "plain", "two\nlines"])).toBe(
    '"a,b",none,count\n"say ""no""",,2\nplain,,2\n"two\nlines",,2\n',
  );
});

test("CSV holds no noise of a sum, and every digit of a whole number", () => {
  const cells = { value: (row: number) => row };
  const values = [0.1 + 0.2, -(0.1 + 0.2), 9_007_199_254_740_991, 64_123.456_789];
  expect(csv(cells, values)).toBe("value\n0.3\n-0.3\n9007199254740991\n64123.456789\n");
});
