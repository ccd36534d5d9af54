import { expect, test } from "bun:test";
import { joined, missingOf, spansOfRows, within } from "#manager/archive/span.ts";
import { str, table } from "#test/support/table.ts";

/** `2-4 6-8` as spans; `none`. */
const spans = (text: string) =>
  text === "none"
    ? []
    : text.split(" ").map((part) => {
        const [fromMs = 0, toMs = 0] = part.split("-").map(Number);
        return { fromMs, toMs };
      });
const one = (text: string) => spans(text)[0] ?? { fromMs: 0, toMs: 0 };

const cases = table(
  { range: str, covered: str, joins: str, missing: str, inside: str },
  `
  range | covered      | joins        | missing  | inside
  0-10  | none         | none         | 0-10     | none
  0-10  | 0-10         | 0-10         | none     | 0-10
  0-10  | 2-4 6-8      | 2-4 6-8      | 0-2 4-6 8-10 | 2-4 6-8
  0-10  | 6-8 2-6      | 2-8          | 0-2 8-10 | 6-8 2-6
  0-10  | 0-3 2-5      | 0-5          | 5-10     | 0-3 2-5
  3-7   | 0-4 6-9      | 0-4 6-9      | 4-6      | 3-4 6-7
  3-7   | 0-3 7-9      | 0-3 7-9      | 3-7      | none
  3-7   | 0-9 4-5      | 0-9          | none     | 3-7 4-5
`,
);

test.each(cases)("$covered in $range", ({ range, covered, joins, missing, inside }) => {
  expect(joined(spans(covered))).toEqual(spans(joins));
  expect(missingOf(one(range), spans(covered))).toEqual(spans(missing));
  expect(within(one(range), spans(covered))).toEqual(spans(inside));
});

test("rows that touch are one span", () => {
  expect(spansOfRows(Float64Array.of(10, 20, 40, 50, 70), 10)).toEqual(spans("10-30 40-60 70-80"));
  expect(spansOfRows(Float64Array.of(), 10)).toEqual([]);
});
