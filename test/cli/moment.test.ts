import { expect, test } from "bun:test";
import { parseMoment, readMoment } from "#cli/moment.ts";
import { maybe, str, table } from "#test/support/table.ts";

const cases = table(
  { text: str, is: maybe(str) },
  `
  text                      | is
  2024-10-01                | 2024-10-01T00:00:00.000Z
  2024-10-01T05:30          | 2024-10-01T05:30:00.000Z
  2024-10-01T05:30Z         | 2024-10-01T05:30:00.000Z
  2024-10-01 05:30:15       | 2024-10-01T05:30:15.000Z
  2024-10-01T05:30:15.250Z  | 2024-10-01T05:30:15.250Z
  2024-10-01 05:30:00 UTC   | 2024-10-01T05:30:00.000Z
  2024-10-01T05:30:00+02:00 | 2024-10-01T03:30:00.000Z
  1727740800000             | 2024-10-01T00:00:00.000Z
  1727740800                | 2024-10-01T00:00:00.000Z
  1727740800.0              | 2024-10-01T00:00:00.000Z
  2024-13-01                | -
  2024-10                   | -
  01.10.2024                | -
  today                     | -
  2025                      | -
  -5                        | -
`,
);

test.each(cases)("$text is $is", ({ text, is }) => {
  const atMs = parseMoment(text);
  expect(atMs === undefined ? undefined : new Date(atMs).toISOString()).toBe(is);
});

test("a flag that is no moment says how to write one", () => {
  expect(() => readMoment("--from", "soon")).toThrow(
    '--from must be a date, an ISO time or ms, not "soon"',
  );
});
