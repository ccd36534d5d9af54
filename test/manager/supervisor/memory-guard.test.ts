import { expect, test } from "bun:test";
import { BLAME_BYTES_MIN, culprits, type Written } from "#manager/supervisor/memory-guard.ts";

const MB = 1 << 20;
const at = (pid: number, bytes: number, logBytes = 0): Written => ({
  name: `child-${pid}`,
  pid,
  bytes,
  logBytes,
});

test("whoever wrote much that is in no log is blamed, and nobody else", () => {
  const before = [at(1, 0), at(2, 50 * MB), at(3, 9 * MB), at(4, 0, 30 * MB)];
  const after = [
    at(1, BLAME_BYTES_MIN),
    at(2, 50 * MB + BLAME_BYTES_MIN - 1),
    // All of it went into its log.
    at(3, 59 * MB, 50 * MB),
    // Its log was rotated meanwhile.
    at(4, 20 * MB, 1 * MB),
    // It was not there before: what it wrote, it wrote over all its life.
    at(5, 100 * MB),
  ];
  expect(culprits(before, after)).toEqual([{ name: "child-1", bytes: BLAME_BYTES_MIN }]);
  expect(culprits([], after)).toEqual([]);
});
