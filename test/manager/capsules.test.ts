import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CAPSULES_KEPT, Capsules, type Crash } from "#manager/capsules.ts";
import { createLog } from "#shared/log.ts";
import { tempFolder } from "#test/support/temp-home.ts";

const KEY = `0x${"ab".repeat(32)}`;

const crash = (strategy: string, run: number): Crash => ({
  strategy,
  version: "1.0.0",
  hash: "0123456789abcdef",
  file: "/srv/fleet/mine.ts",
  params: { coin: "BTC", key: KEY },
  run,
  startedAt: 1000,
  endedAt: 2000,
  exit: { cause: { kind: "own" }, code: 1, signal: null },
  reason: "exited with code 1",
  error: null,
  candles: [],
});

function capsulesIn(path: string, said: string[] = []) {
  return new Capsules(
    path,
    createLog(Date.now, (line) => said.push(line)),
  );
}

const Written = z.looseObject({ run: z.int(), log: z.array(z.string()) });

test("a capsule holds the end of the log in whole lines, no key, and is its owner's alone", () => {
  using folder = tempFolder();
  const log = join(folder.path, "a.log");
  writeFileSync(log, `${"early line\n".repeat(10_000)}${KEY}\nthe last words\n`);
  const capsules = capsulesIn(join(folder.path, "crashes"));
  capsules.keep(crash("a", 3), log);
  const { path = "", at = 0 } = capsules.newest("a") ?? {};
  const text = readFileSync(path, "utf8");
  const { run, log: lines } = Written.parse(JSON.parse(text));
  expect(run).toBe(3);
  expect(lines.slice(-2)).toEqual(["(redacted)", "the last words"]);
  expect(new Set(lines).size).toBe(3);
  expect(text.length).toBeLessThan(80_000);
  expect(text).not.toContain(KEY);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
});

test("the newest of each strategy are kept, whatever another of a similar name does", () => {
  using folder = tempFolder();
  const capsules = capsulesIn(folder.path);
  for (let run = 8; run < 15; run++) capsules.keep(crash("a", run), "/nowhere");
  capsules.keep(crash("a-b", 1), "/nowhere");
  expect(readdirSync(folder.path).length).toBe(CAPSULES_KEPT + 1);
  expect(capsules.newest("a")?.path).toEndWith("a.14.json");
  capsules.remove("a");
  expect(capsules.newest("a")).toBeNull();
  expect(capsules.newest("a-b")).not.toBeNull();
});

test("one that cannot be written is told of, and ends nothing", () => {
  using folder = tempFolder();
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  const said: string[] = [];
  capsulesIn(join(file, "crashes"), said).keep(crash("a", 1), "/nowhere");
  expect(said[0]).toContain("no crash capsule");
});
