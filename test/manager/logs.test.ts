/** Logs that are rotated while a process writes into them as fast as it can: no line is lost. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Logs, rotateLog } from "#manager/logs.ts";
import { isStopped } from "#manager/supervisor/usage.ts";
import { createLog } from "#shared/log.ts";
import { tempFolder } from "#test/support/temp-home.ts";
import { untilTrue } from "#test/support/until.ts";

/** So many are kept in the tests under load that none of their lines grows too old. */
const ALL_KEPT = 10_000;

/** A process that appends numbered lines without pause, as a strategy that was spawned into its log. */
function writerInto(path: string) {
  const log = openSync(path, "a", 0o600);
  const script = `
    const { writeSync } = require("node:fs");
    for (let line = 0; ; line++) writeSync(1, "line " + line + " " + "x".repeat(line % 200) + "\\n");`;
  const child = Bun.spawn([process.execPath, "--no-orphans", "-e", script], {
    detached: true,
    stdin: "ignore",
    stdout: log,
    stderr: "inherit",
  });
  closeSync(log);
  return child;
}

const lineOf = (number: number): string => `line ${number} ${"x".repeat(number % 200)}`;

/** The lines of a log and all that it was rotated into, oldest first. */
function allLines(path: string): string[] {
  const old: string[] = [];
  for (let age = 1; existsSync(`${path}.${age}`); age++) {
    old.unshift(readFileSync(`${path}.${age}`, "utf8"));
  }
  return (old.join("") + readFileSync(path, "utf8")).trimEnd().split("\n");
}

describe("a log under load", () => {
  test("is rotated a hundred times, and every line is there, whole and once", async () => {
    using folder = tempFolder();
    const path = join(folder.path, "busy.log");
    const writer = writerInto(path);
    const limits = { bytesMax: 20_000, oldBytesMax: 1 << 30, kept: ALL_KEPT };
    let rotations = 0;
    while (rotations < 100) {
      await untilTrue("it has grown", () => statSync(path).size > limits.bytesMax);
      if (rotateLog(path, writer, limits)) rotations++;
    }
    await untilTrue("it goes on", () => statSync(path).size > 0);
    writer.kill("SIGKILL");
    await writer.exited;
    const lines = allLines(path);
    const wrong = lines.findIndex((line, number) => line !== lineOf(number));
    expect(wrong, lines[wrong]).toBe(-1);
    expect(lines.length).toBeGreaterThan(1000);
  });

  test("of a process that somebody stopped is rotated, and the process stays stopped", async () => {
    using folder = tempFolder();
    const path = join(folder.path, "frozen.log");
    const writer = writerInto(path);
    await untilTrue("it writes", () => statSync(path).size > 0);
    process.kill(writer.pid, "SIGSTOP");
    await untilTrue("it stands still", () => isStopped(writer.pid));
    expect(rotateLog(path, writer)).toBe(true);
    expect(isStopped(writer.pid)).toBe(true);
    expect(statSync(path).size).toBe(0);
    writer.kill("SIGKILL");
    await writer.exited;
  });
});

describe("old logs", () => {
  const limits = { bytesMax: 10, oldBytesMax: 30, kept: 2 };
  const quiet = createLog(Date.now, () => undefined);

  test("are so many and no more, the youngest first", () => {
    using folder = tempFolder();
    const path = join(folder.path, "a.log");
    const logs = new Logs(folder.path, quiet, limits);
    for (const text of ["first of all\n", "second line\n", "third and last\n", "short\n"]) {
      appendFileSync(path, text, { mode: 0o600 });
      logs.rotate(new Map());
    }
    expect(readFileSync(path, "utf8")).toBe("short\n");
    expect(readFileSync(`${path}.1`, "utf8")).toBe("third and last\n");
    expect(readFileSync(`${path}.2`, "utf8")).toBe("second line\n");
    expect(existsSync(`${path}.3`)).toBe(false);
    expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
  });

  test("of a log that grew beyond measure keep its end, and say so", () => {
    using folder = tempFolder();
    const path = join(folder.path, "a.log");
    appendFileSync(path, `${"y".repeat(2048)}${"z".repeat(29)}\n`);
    new Logs(folder.path, quiet, limits).rotate(new Map());
    expect(readFileSync(`${path}.1`, "utf8")).toBe(
      `(2KB written before this are left out)\n${"z".repeat(29)}\n`,
    );
  });

  test("that cannot be made are complained of once, and end nothing", () => {
    const said: string[] = [];
    const logs = new Logs(
      "/nowhere",
      createLog(Date.now, (line) => said.push(line)),
      limits,
    );
    logs.rotate(new Map());
    logs.rotate(new Map());
    expect(said.length).toBe(1);
    expect(said[0]).toContain("logs cannot be rotated");
  });
});
