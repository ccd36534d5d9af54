/** Values of flags, read from text. */
import { FlagValueError } from "#cli/misuse.ts";
import { EVENTS_MAX } from "#shared/control-api.ts";
import { Duration } from "#shared/units.ts";

/** `--wait 30s` in ms; undefined for `--no-wait`. */
export function readWait(wait: string | false): number | undefined {
  if (wait === false) return undefined;
  const parsed = Duration.safeParse(wait);
  if (!parsed.success) throw new FlagValueError("--wait", wait, "must be a duration", "30s");
  return parsed.data;
}

export function readLimit(limit: string | undefined): number | undefined {
  if (limit === undefined) return undefined;
  const count = Number(limit);
  if (!/^\d+$/.test(limit) || count < 1 || count > EVENTS_MAX) {
    throw new FlagValueError("--limit", limit, `must be a number from 1 to ${EVENTS_MAX}`, "50");
  }
  return count;
}

/** Lines of a log that are shown when nothing is said: they fit on a small screen. */
const LINES_DEFAULT = 20;
/** More are read from the file itself. */
const LINES_MAX = 100_000;

/** `--lines 50`. */
export function readLines(lines: string | undefined): number {
  if (lines === undefined) return LINES_DEFAULT;
  const count = Number(lines);
  if (!/^\d+$/.test(lines) || count > LINES_MAX) {
    throw new FlagValueError("--lines", lines, `must be a number from 0 to ${LINES_MAX}`, "50");
  }
  return count;
}
