import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Lines, lineWriter } from "#runner/live/output.ts";

test("pieces become lines; one without an end is told when it is flushed, or too long", () => {
  const told: string[] = [];
  const lines = new Lines((line) => told.push(line));
  lines.write("a");
  lines.write("b\nc\n\nd");
  expect(told).toEqual(["ab", "c", ""]);
  lines.flush();
  lines.flush();
  expect(told).toEqual(["ab", "c", "", "d"]);
  lines.write("e".repeat(70_000));
  expect(told.at(-1)?.length).toBe(70_000);
});

describe("a process whose output is captured", () => {
  test("prints lines with their time and level, without keys, the last one too", async () => {
    const key = `0x${"ab".repeat(32)}`;
    const script = `
      import { writeSync } from "node:fs";
      import { captureOutput } from "#runner/live/output.ts";
      import { createLog } from "#shared/log.ts";
      captureOutput(createLog(() => 0, (line) => writeSync(1, line + "\\n")));
      console.log("a %s of", "line", { of: 2 });
      console.error(new Error("an error").message + "\\nin two lines");
      console.warn("${key}");
      process.stdout.write("half ");
      process.stdout.write("and half\\n");
      process.stderr.write(new TextEncoder().encode("bytes\\n"));
      process.stdout.write("no end");`;
    const child = Bun.spawn([process.execPath, "-e", script], {
      cwd: join(import.meta.dir, "../../.."),
      stdout: "pipe",
      stderr: "inherit",
    });
    expect((await child.stdout.text()).trimEnd().split("\n")).toEqual([
      "1970-01-01T00:00:00.000Z info  a line of { of: 2 }",
      "1970-01-01T00:00:00.000Z error an error",
      "1970-01-01T00:00:00.000Z error in two lines",
      "1970-01-01T00:00:00.000Z warn  (redacted)",
      "1970-01-01T00:00:00.000Z info  half and half",
      "1970-01-01T00:00:00.000Z warn  bytes",
      "1970-01-01T00:00:00.000Z info  no end",
    ]);
  });
});

test("what the disk does not take is left out, and told of when it takes again", () => {
  const written: string[] = [];
  let code: string | undefined;
  const write = lineWriter((text) => {
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    written.push(text);
  });
  write("a");
  code = "ENOSPC";
  write("b");
  write("c");
  code = undefined;
  write("d");
  write("e");
  expect(written).toEqual(["a\n", "(the disk did not take 2 lines before this one)\nd\n", "e\n"]);
  code = "EBADF";
  expect(() => write("f")).toThrow("EBADF");
});
