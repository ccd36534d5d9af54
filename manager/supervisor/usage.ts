/** What a process uses, read from `/proc`: a few µs a process. */
import { readdirSync, readFileSync } from "node:fs";
import type { MonotonicMs } from "#shared/clock.ts";

/** Linux counts process times in ticks of 1/100 s on every machine that Bun runs on. */
const TICKS_PER_SECOND = 100;
/** Pages of `statm`; 4 KiB on x86_64 and on arm64 as Debian and Ubuntu build it. */
const PAGE_BYTES = 4096;

export interface ProcessStat {
  /** `R`, `S`, `T` (stopped), `Z` (dead, not yet reaped), … */
  readonly state: string;
  /** User and system time, in ticks. */
  readonly cpuTicks: number;
  /** When it started, in ticks since boot: with the pid it names one process for ever. */
  readonly startTicks: number;
}

/** Reads `/proc/PID/stat`; the second field is a name in parentheses that may hold anything. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (index: number): number => Number(fields[index]);
  return { state: fields[0] ?? "", cpuTicks: field(11) + field(12), startTicks: field(19) };
}

/** Resident memory that is not shared, in bytes, from `/proc/PID/statm`. */
export function parseStatm(text: string): number {
  const [, resident, shared] = text.split(" ").map(Number);
  return ((resident ?? 0) - (shared ?? 0)) * PAGE_BYTES;
}

/** The process as it is now, or undefined when it is gone. */
export function readStat(pid: number): ProcessStat | undefined {
  const text = readProc(pid, "stat");
  return text === undefined ? undefined : parseStat(text);
}

/** Resident memory that is not shared, in bytes, or undefined when the process is gone. */
export function readMemory(pid: number): number | undefined {
  const text = readProc(pid, "statm");
  return text === undefined ? undefined : parseStatm(text);
}

function readProc(process: number | string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${process}/${file}`, "latin1");
  } catch {
    // Gone between our knowing of it and our looking: that is an answer, not a fault.
    return undefined;
  }
}

/** Whether this very process still lives: the pid with that start time, and not a zombie. */
export function isAlive(pid: number, startTicks: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.startTicks === startTicks && stat.state !== "Z";
}

/** Whether every thread of the process stands still (SIGSTOP): none is within a system call any more. */
export function isStopped(pid: number): boolean {
  const threads = listProc(`${pid}/task`);
  return threads.length > 0 && threads.every((thread) => stateOf(`${pid}/task/${thread}`) === "T");
}

const stateOf = (process: string): string | undefined => {
  const text = readProc(process, "stat");
  return text === undefined ? undefined : parseStat(text).state;
};

function listProc(path: string): string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch {
    // Gone, as in `readProc`.
    return [];
  }
}

/** Bytes that the process has written since it began, wherever to; undefined when it is gone. */
export function readWritten(pid: number): number | undefined {
  const text = readProc(pid, "io");
  return text === undefined ? undefined : parseWritten(text);
}

/** `wchar` of `/proc/PID/io`. */
export const parseWritten = (text: string): number =>
  Number(/^wchar: (\d+)$/m.exec(text)?.[1] ?? 0);

export interface Sample {
  readonly atMs: MonotonicMs;
  readonly cpuTicks: number;
}

/** Percent of one core between two samples; null when they lie on one moment. */
export function cpuPercent(before: Sample, now: Sample): number | null {
  const elapsedMs = now.atMs - before.atMs;
  if (elapsedMs <= 0) return null;
  const busyMs = ((now.cpuTicks - before.cpuTicks) / TICKS_PER_SECOND) * 1000;
  return Math.max(0, (busyMs / elapsedMs) * 100);
}
