import { expect, test } from "bun:test";
import { csv } from "#cli/view/csv.ts";

test("CSV quotes what would be read otherwise, titles too", () => {
  const columns = { "a,b": (row: string) => row, none: () => null, count: () => 2 };
  expect(csv(columns, ['say "no"', "plain", "two\nlines"])).toBe(
    '"a,b",none,count\n"say ""no""",,2\nplain,,2\n"two\nlines",,2\n',
  );
});
