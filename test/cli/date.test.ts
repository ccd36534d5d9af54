import { expect, test } from "bun:test";
import { readDate } from "#cli/date.ts";
import { KumbhError } from "#shared/errors.ts";
import { str, table } from "#test/support/table.ts";

const NOW = Date.UTC(2026, 0, 31, 12);

const dates = table(
  { typed: str, is: str },
  `
  typed                     | is
  2024-10-01                | 2024-10-01T00:00:00.000Z
  2024-02-29                | 2024-02-29T00:00:00.000Z
  2024-10-01T12:30          | 2024-10-01T12:30:00.000Z
  2024-10-01T12:30:15       | 2024-10-01T12:30:15.000Z
  2024-10-01T12:30:15.250Z  | 2024-10-01T12:30:15.250Z
  2024-10-01T12:30+02:00    | 2024-10-01T10:30:00.000Z
  1727740800000             | 2024-10-01T00:00:00.000Z
  999999999999              | 2001-09-09T01:46:39.999Z
  30d                       | 2026-01-01T12:00:00.000Z
  36h                       | 2026-01-30T00:00:00.000Z
`,
);

test.each(dates)("$typed is $is", ({ typed, is }) => {
  expect(new Date(readDate("--from", typed, NOW)).toISOString()).toBe(is);
});

const none = ["", "yesterday", "2024", "2024-13-01", "2023-02-29", "1e12", "-5d"];

test.each(none)("%p is no date", (typed) => {
  expect(() => readDate("--from", typed, NOW)).toThrow(KumbhError);
});
