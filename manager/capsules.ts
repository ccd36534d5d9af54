/**
 * Crash capsules: what was known when a run ended that nobody had asked to end. One JSON file each, the
 * newest of each strategy kept, so that a crash of the night can be understood in the morning.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { AuthorError } from "#shared/author-error.ts";
import type { Candle } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { CapsuleView } from "#shared/control-api.ts";
import { messageOf } from "#shared/errors.ts";
import type { ChildExit } from "#shared/exit.ts";
import type { Log } from "#shared/log.ts";
import { redact } from "#shared/redact.ts";
import type { Params } from "#shared/settings.ts";

/** Capsules kept of one strategy. */
export const CAPSULES_KEPT = 5;
/** Of the log so much of its end is kept, in bytes. */
const LOG_BYTES_KEPT = 32 * 1024;

const ENDING = ".json";

/** All that is put into a capsule, but for the end of the log. */
export interface Crash {
  readonly strategy: string;
  readonly version: string;
  /** Of the bundle. */
  readonly hash: string;
  /** The author's file. */
  readonly file: string;
  readonly params: Params;
  readonly run: number;
  readonly startedAt: UnixMs;
  readonly endedAt: UnixMs;
  readonly exit: ChildExit;
  /** The exit in words. */
  readonly reason: string;
  readonly error: AuthorError | null;
  /** The last that it was given, oldest first. */
  readonly candles: readonly Candle[];
}

export class Capsules {
  readonly #folder: string;
  readonly #log: Log;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Writes one down. Never throws: that it cannot be written must not keep the strategy from its restart. */
  keep(crash: Crash, logPath: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const text = JSON.stringify({ ...crash, log: endOf(logPath) }, null, 2);
      writeFileSync(this.#path(crash.strategy, crash.run), `${redact(text)}\n`, { mode: 0o600 });
      for (const run of this.#runs(crash.strategy).slice(CAPSULES_KEPT)) {
        rmSync(this.#path(crash.strategy, run), { force: true });
      }
    } catch (error) {
      this.#log.warn("no crash capsule", { strategy: crash.strategy, problem: messageOf(error) });
    }
  }

  /** Where the newest one lies; null when there is none. */
  newest(strategy: string): CapsuleView | null {
    const [run] = this.#runs(strategy);
    if (run === undefined) return null;
    const path = this.#path(strategy, run);
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : { path, at: Math.round(found.mtimeMs) };
  }

  remove(strategy: string): void {
    for (const run of this.#runs(strategy)) rmSync(this.#path(strategy, run), { force: true });
  }

  /** A strategy's name holds no dot. */
  #path(strategy: string, run: number): string {
    return join(this.#folder, `${strategy}.${run}${ENDING}`);
  }

  /** Numbers of the runs that left one, newest first. */
  #runs(strategy: string): number[] {
    return filesIn(this.#folder)
      .flatMap((file) => {
        const [name, run] = file.split(".");
        return name === strategy && file.endsWith(ENDING) ? [Number(run)] : [];
      })
      .toSorted((a, b) => b - a);
  }
}

function filesIn(folder: string): string[] {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found === undefined ? [] : readdirSync(folder);
}

/** The last whole lines of a log. */
function endOf(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - LOG_BYTES_KEPT);
    const end = Buffer.alloc(size - from);
    const read = readSync(file, end, 0, end.length, from);
    const lines = end.toString("utf8", 0, read).trimEnd().split("\n");
    return from === 0 ? lines : lines.slice(1);
  } finally {
    closeSync(file);
  }
}
