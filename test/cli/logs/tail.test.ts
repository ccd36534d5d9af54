/** The end of a log and what comes after it, in real files that are rotated meanwhile. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { follow, lastLinesAt, tailOf, writtenSince } from "#cli/logs/tail.ts";
import { rotateLog } from "#manager/logs.ts";
import { num, str, table } from "#test/support/table.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { until } from "#test/support/until.ts";

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join("");

const LINES = table(
  { text: str, lines: num, from: str },
  `
  text     | lines | from
  a/b/c/   |     1 | c/
  a/b/c/   |     2 | b/c/
  a/b/c/   |     3 | all
  a/b/c    |     1 | c
  a/b/c    |     2 | b/c
  a//      |     1 | /
  a//      |     2 | all
  //       |     1 | /
  /        |     1 | all
  a/b/     |     9 | all
`,
);

test.each(LINES)("the last $lines of $text are $from", ({ text, lines, from }) => {
  const bytes = Buffer.from(text.replaceAll("/", "\n"));
  const at = lastLinesAt(bytes, lines);
  const found = at === undefined ? "all" : bytes.subarray(at).toString().replaceAll("\n", "/");
  expect(found).toBe(from);
});

test("what was written since is in the log, or in its copy and then in the log", () => {
  expect(writtenSince(10, { log: 15, copy: 90 })).toEqual([{ of: "log", from: 10, to: 15 }]);
  expect(writtenSince(10, { log: 3, copy: 12 })).toEqual([
    { of: "copy", from: 10, to: 12 },
    { of: "log", from: 0, to: 3 },
  ]);
});

describe("the end of a log", () => {
  test("is found in one that is longer than what is read at once", () => {
    using folder = tempFolder();
    const path = join(folder.path, "a.log");
    writeFileSync(path, numbered(1, 50_000));
    const { bytes, end } = tailOf(path, 20_000);
    expect(Buffer.from(bytes).toString()).toBe(numbered(30_001, 50_000));
    expect(end).toBe(Buffer.byteLength(numbered(1, 50_000)));
    expect(tailOf(path, 0).bytes.length).toBe(0);
  });

  test("begins in its copies where it was rotated, though in the middle of a line", () => {
    using folder = tempFolder();
    const path = join(folder.path, "a.log");
    writeFileSync(path, `${numbered(1, 3)}line`);
    rotateLog(path, undefined);
    appendFileSync(path, ` 4\n${numbered(5, 6)}`);
    rotateLog(path, undefined);
    appendFileSync(path, numbered(7, 7));
    expect(Buffer.from(tailOf(path, 4).bytes).toString()).toBe(numbered(4, 7));
    expect(Buffer.from(tailOf(path, 99).bytes).toString()).toBe(numbered(1, 7));
  });
});

test("a log that is followed loses no line and doubles none, however it is rotated", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.log");
  writeFileSync(path, numbered(1, 2));
  const stop = new AbortController();
  let read = "";
  const take = async (bytes: Uint8Array) => {
    read += Buffer.from(bytes).toString();
    return await Promise.resolve(true);
  };
  const following = follow(path, tailOf(path, 0).end, take, stop.signal);
  appendFileSync(path, numbered(3, 4));
  rotateLog(path, undefined);
  await until("what was written before the rotation", () => read.includes("line 4") || undefined);
  appendFileSync(path, numbered(5, 5));
  await until("what was written after it", () => read.includes("line 5") || undefined);
  appendFileSync(path, numbered(6, 20_000));
  await until("more than is read at once", () => read.includes("line 20000") || undefined);
  appendFileSync(path, numbered(20_001, 20_001));
  rotateLog(path, undefined);
  appendFileSync(path, numbered(20_002, 20_002));
  await until("both sides of another", () => read.includes("line 20002") || undefined);
  stop.abort();
  await following;
  expect(read).toBe(numbered(3, 20_002));
});

test("a log that nobody reads any more is followed no further", async () => {
  using folder = tempFolder();
  const path = join(folder.path, "a.log");
  writeFileSync(path, numbered(1, 2));
  let taken = 0;
  const take = async () => {
    taken++;
    return await Promise.resolve(false);
  };
  await follow(path, 0, take, new AbortController().signal);
  expect(taken).toBe(1);
});
