/** Moments as typed on a command line. */
import { OwnFlagValueError } from "#cli/misuse.ts";
import type { UnixMs } from "#shared/clock.ts";
import { Duration } from "#shared/units.ts";

/** `2024-10-01`, `2024-10-01T12:00`, `2024-10-01T12:00:00.000Z`, `2024-10-01T12:00+02:00`. */
const ISO = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/;
/** Ms since the epoch: 2001 and later. */
const MS = /^\d{12,13}$/;

/**
 * A day, a time, ms since the epoch, or a duration, which is so long ago. What names no zone is UTC.
 * Throws `OwnFlagValueError`.
 */
export function readDate(flag: string, text: string, nowMs: UnixMs): UnixMs {
  if (MS.test(text)) return Number(text);
  const ago = Duration.safeParse(text);
  if (ago.success) return nowMs - ago.data;
  const [, day = "", time = "T00:00", zone = "Z"] = ISO.exec(text) ?? [];
  const atMs = Date.parse(`${day}${time}${zone}`);
  // The 31st of February would be read as a day in March.
  if (Number.isNaN(atMs) || !isDay(day)) {
    const must = "must be a day, a time, ms since 1970, or a duration ago";
    throw new OwnFlagValueError(flag, text, must, "2024-10-01");
  }
  return atMs;
}

function isDay(day: string): boolean {
  const atMs = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
}
