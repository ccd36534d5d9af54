/** A line of a log: time, level, words, and what belongs to them. */
import type { UnixMs } from "#shared/clock.ts";
import { redact } from "#shared/redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Longest line of a log, in characters; the rest is cut. */
const LINE_LENGTH_MAX = 4000;

/** `2026-01-02T03:04:05.678Z info  words key=value`, without a newline and without a key in it. */
export function formatLogLine(
  atMs: UnixMs,
  level: LogLevel,
  message: string,
  fields: LogFields = {},
): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const line = `${new Date(atMs).toISOString()} ${level.padEnd(5)} ${message}${pairs.join("")}`;
  // Before it is cut: half a key would not be known for one.
  const oneLine = redact(line.replaceAll("\n", "\\n"));
  return oneLine.length > LINE_LENGTH_MAX ? `${oneLine.slice(0, LINE_LENGTH_MAX)}…` : oneLine;
}

/** A log that hands its lines on. */
export function createLog(now: () => UnixMs, write: (line: string) => void): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) =>
    write(formatLogLine(now(), level, message, fields));
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
