/**
 * The logs of a home: each rotated when it is large, so many old ones kept.
 *
 * A strategy writes into its log by itself, through an inherited descriptor that only appends: what it
 * wrote stands there whichever process dies next, and none of it passes through the manager. Such a
 * descriptor cannot be led to another file, so a log is rotated by copying and truncating. What would be
 * written between the two would be lost; therefore the writer is stopped (SIGSTOP) for these few
 * milliseconds, and nothing is.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { isStopped, readStat } from "#manager/supervisor/usage.ts";
import { messageOf } from "#shared/errors.ts";
import { formatBytes } from "#shared/format.ts";
import type { Log } from "#shared/log.ts";

/** A log that is larger is rotated, in bytes. */
export const LOG_BYTES_MAX = 8 << 20;
/** Old logs that are kept of each: `NAME.log.1` is the youngest. */
export const OLD_LOGS_KEPT = 4;
/** Of a log that grew beyond all measure between two looks, so much of its end is kept, in bytes. */
const OLD_LOG_BYTES_MAX = 2 * LOG_BYTES_MAX;
/** Longest wait until a writer stands still, in ms; then it is left alone until the next look. */
const STILL_MS_MAX = 25;
/** Between two looks whether it stands still, in ms. */
const STILL_POLL_MS = 0.2;

const ENDING = ".log";

/** A process that writes into a log. */
export interface LogWriter {
  readonly pid: number;
}

export interface LogLimits {
  readonly bytesMax: number;
  readonly oldBytesMax: number;
  readonly kept: number;
}

const LIMITS: LogLimits = {
  bytesMax: LOG_BYTES_MAX,
  oldBytesMax: OLD_LOG_BYTES_MAX,
  kept: OLD_LOGS_KEPT,
};

export class Logs {
  readonly #folder: string;
  readonly #log: Log;
  readonly #limits: LogLimits;
  #isBroken = false;

  constructor(folder: string, log: Log, limits: LogLimits = LIMITS) {
    this.#folder = folder;
    this.#log = log;
    this.#limits = limits;
  }

  /**
   * Rotates the logs that are too large. `writers`: by path of the log, who writes into it now. Never
   * throws: a disk that is full must not end a fleet; that it cannot be done is said once.
   */
  rotate(writers: ReadonlyMap<string, LogWriter>): void {
    try {
      for (const name of readdirSync(this.#folder)) {
        if (!name.endsWith(ENDING)) continue;
        const path = join(this.#folder, name);
        if (statSync(path).size > this.#limits.bytesMax) {
          rotateLog(path, writers.get(path), this.#limits);
        }
      }
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) this.#log.error("logs cannot be rotated", { problem: messageOf(error) });
      this.#isBroken = true;
    }
  }
}

/** Whether it was done: a writer that did not stand still in time is let go on. */
export function rotateLog(
  path: string,
  writer: LogWriter | undefined,
  limits: LogLimits = LIMITS,
): boolean {
  if (writer === undefined) {
    cutOff(path, limits);
    return true;
  }
  // One that somebody stopped by hand stays so.
  if (isStopped(writer.pid)) {
    cutOff(path, limits);
    return true;
  }
  signalGroup(writer.pid, "SIGSTOP");
  try {
    if (!standsStill(writer.pid)) return false;
    cutOff(path, limits);
    return true;
  } finally {
    signalGroup(writer.pid, "SIGCONT");
  }
}

function standsStill(pid: number): boolean {
  const deadline = performance.now() + STILL_MS_MAX;
  for (;;) {
    if (isStopped(pid) || readStat(pid) === undefined) return true;
    if (performance.now() > deadline) return false;
    Bun.sleepSync(STILL_POLL_MS);
  }
}

/** Moves every old log one further, and what stands in the log into the youngest. */
function cutOff(path: string, { oldBytesMax, kept }: LogLimits): void {
  for (let age = kept - 1; age >= 1; age--) {
    if (existsSync(`${path}.${age}`)) renameSync(`${path}.${age}`, `${path}.${age + 1}`);
  }
  const { size } = statSync(path);
  if (size <= oldBytesMax) copyFileSync(path, `${path}.1`);
  else copyEnd(path, size, oldBytesMax);
  truncateSync(path, 0);
}

/** A log of gigabytes is not copied: the older part of it would be thrown away by the next rotation. */
function copyEnd(path: string, size: number, bytes: number): void {
  const from = openSync(path, "r");
  const to = openSync(`${path}.1`, "w", 0o600);
  try {
    const end = Buffer.alloc(bytes);
    const read = readSync(from, end, 0, bytes, size - bytes);
    writeSync(to, `(${formatBytes(size - bytes)} written before this are left out)\n`);
    writeSync(to, end, 0, read);
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

/** With what it started, which may write into the same log. */
function signalGroup(pid: number, signal: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: it has ended meanwhile, and writes no more.
  }
}
