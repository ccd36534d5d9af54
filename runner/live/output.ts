/**
 * What the author's code prints, as lines of its log: each with its time, none with a key in it. What is
 * written to the descriptors directly comes as it is.
 */
import type { Writable } from "node:stream";
import type { Log } from "#shared/log.ts";

/** Longest piece of output that waits for the end of its line, in characters. */
const PENDING_LENGTH_MAX = 1 << 16;

type Level = "debug" | "info" | "warn" | "error";

/** Puts pieces of output together to lines. */
export class Lines {
  readonly #tell: (line: string) => void;
  #pending = "";

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  write(text: string): void {
    const lines = (this.#pending + text).split("\n");
    this.#pending = lines.pop() ?? "";
    for (const line of lines) this.#tell(line);
    if (this.#pending.length > PENDING_LENGTH_MAX) this.flush();
  }

  /** Tells what has no end yet. */
  flush(): void {
    if (this.#pending !== "") this.#tell(this.#pending);
    this.#pending = "";
  }
}

const CONSOLE: Readonly<Record<"log" | "info" | "debug" | "warn" | "error" | "trace", Level>> = {
  log: "info",
  info: "info",
  debug: "debug",
  warn: "warn",
  error: "error",
  trace: "debug",
};

/**
 * Leads `console`, `process.stdout` and `process.stderr` of this process into the log. What formats and streams
 * is loaded when something is printed: it would cost each start 10 ms.
 */
export function captureOutput(log: Log): void {
  for (const [name, level] of Object.entries(CONSOLE)) {
    Object.defineProperty(console, name, {
      configurable: true,
      writable: true,
      value: (...values: unknown[]) => {
        sayLines(log, level, process.getBuiltinModule("node:util").format(...values));
      },
    });
  }
  for (const [name, level] of [
    ["stdout", "info"],
    ["stderr", "warn"],
  ] as const) {
    let stream: Writable | undefined;
    const get = () => (stream ??= lineStream((line) => log[level](line)));
    Object.defineProperty(process, name, { configurable: true, get });
  }
}

/** What a disk says that takes nothing: no room, a quota, read-only, broken. */
const DISK_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "EROFS", "EIO"];

/**
 * Writes lines at once, so that nothing is lost when the process ends. What the disk does not take is left out,
 * and told of with the next that it takes: a strategy must not fail, and its failure not go unsaid, for its log.
 */
export function lineWriter(write: (text: string) => void): (lines: string) => void {
  let lost = 0;
  return (lines) => {
    const before = lost === 0 ? "" : `(the disk did not take ${lost} lines before this one)\n`;
    try {
      write(`${before}${lines}\n`);
      lost = 0;
    } catch (error) {
      const isDisk = error instanceof Error && "code" in error && DISK_CODES.includes(error.code);
      if (!isDisk) throw error;
      lost++;
    }
  };
}

/** A stream whose lines are told, the last one at the end of the process at the latest. */
function lineStream(tell: (line: string) => void): Writable {
  const lines = new Lines(tell);
  const { Writable } = process.getBuiltinModule("node:stream");
  process.once("exit", () => lines.flush());
  return new Writable({
    decodeStrings: false,
    write: (chunk: unknown, _encoding, done) => {
      lines.write(String(chunk));
      done();
    },
  });
}

/** Text of several lines, as so many lines of the log. */
export function sayLines(log: Log, level: Level, text: string): void {
  for (const line of text.split("\n")) log[level](line);
}
