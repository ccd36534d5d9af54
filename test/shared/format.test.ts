import { expect, test } from "bun:test";
import { formatBytes, formatDuration, formatTime } from "#shared/format.ts";
import { num, str, table } from "#test/support/table.ts";

test.each(
  table(
    { ms: num, words: str },
    `
    ms          words
    0           0ms
    340.4       340ms
    1500        1.5s
    2000        2s
    42900       42s
    60000       1m
    190000      3m 10s
    7500000     2h 5m
    356400000   4d 3h
    `,
  ),
)("$ms ms is $words", ({ ms, words }) => {
  expect(formatDuration(ms)).toBe(words);
});

test("sizes and moments", () => {
  expect([812, 9728, 25_165_824, 1_288_490_189].map(formatBytes)).toEqual([
    "812B",
    "9.5KB",
    "24MB",
    "1.2GB",
  ]);
  expect(formatTime(1_790_358_600_000)).toBe("2026-09-25 17:50:00");
});
