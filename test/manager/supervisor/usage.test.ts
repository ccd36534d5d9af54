import { expect, test } from "bun:test";
import {
  cpuPercent,
  isAlive,
  parseStat,
  parseStatm,
  readMemory,
  readStat,
} from "#manager/supervisor/usage.ts";

test("a process name that looks like more fields does not shift the fields", () => {
  const tail = "S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 30 10 4 0 98765 1000000 5000 1844";
  expect(parseStat(`42 (bun) S 1 (x) ${tail}`)).toEqual({
    state: "S",
    cpuTicks: 300,
    startTicks: 98_765,
  });
});

test("memory is what is resident and not shared", () => {
  expect(parseStatm("100000 5000 3000 10 0 9000 0")).toBe(2000 * 4096);
});

test("this process lives, with its own start time only", () => {
  const stat = readStat(process.pid);
  expect(stat).toBeDefined();
  expect(isAlive(process.pid, stat?.startTicks ?? 0)).toBe(true);
  expect(isAlive(process.pid, (stat?.startTicks ?? 0) - 1)).toBe(false);
  expect(readMemory(process.pid)).toBeGreaterThan(1_000_000);
});

test("a process that was reaped is not alive", async () => {
  const child = Bun.spawn(["true"]);
  await child.exited;
  expect(readStat(child.pid)).toBeUndefined();
  expect(isAlive(child.pid, 1)).toBe(false);
});

test("cpu is the share of one core between two looks", () => {
  expect(cpuPercent({ atMs: 0, cpuTicks: 100 }, { atMs: 2000, cpuTicks: 150 })).toBe(25);
  expect(cpuPercent({ atMs: 0, cpuTicks: 100 }, { atMs: 0, cpuTicks: 150 })).toBeNull();
});
