/** Moments as typed on a command line. */
import { OwnFlagValueError } from "#cli/misuse.ts";
import { parseMoment } from "#cli/moment.ts";
import type { UnixMs } from "#shared/clock.ts";
import { Duration } from "#shared/units.ts";

const DIGITS = /^[\d.]+$/;
/** Ms since the epoch, 2001 and later: `2024` would be read as 34 minutes past midnight in 1970. */
const MS = /^\d{12,13}$/;

/**
 * A day, a time, ms since the epoch, or a duration, which is so long ago. What names no zone is UTC.
 * Throws `OwnFlagValueError`.
 */
export function readDate(flag: string, text: string, nowMs: UnixMs): UnixMs {
  const ago = Duration.safeParse(text);
  if (ago.success) return nowMs - ago.data;
  const isRead = MS.test(text) || (!DIGITS.test(text) && isDay(text.slice(0, DAY_LENGTH)));
  const atMs = isRead ? parseMoment(text) : undefined;
  if (atMs !== undefined) return atMs;
  const must = "must be a day, a time, ms since 1970, or a duration ago";
  throw new OwnFlagValueError(flag, text, must, "2024-10-01");
}

const DAY_LENGTH = "2024-10-01".length;

/** The 31st of February would be read as a day in March. */
function isDay(day: string): boolean {
  const atMs = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
}
