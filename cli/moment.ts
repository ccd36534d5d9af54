/** Moments as a person types them and as files hold them. */
import { FlagValueError } from "#cli/misuse.ts";
import type { UnixMs } from "#shared/clock.ts";

/** Below this a number of time is in seconds (the year 5138), above in ms (1973). */
const SECONDS_MAX = 1e11;
/** Below this a number is no time: a bare year, say (in seconds, it is 1973). */
const SECONDS_MIN = 1e8;
const MS_PER_SECOND = 1000;

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/;

/** `2024-10-01`, ISO with or without a zone (then UTC), seconds or ms since the epoch; else undefined. */
export function parseMoment(text: string): UnixMs | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number < SECONDS_MIN) return undefined;
    return number < SECONDS_MAX ? number * MS_PER_SECOND : number;
  }
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = "", minute = "00:00", second = ":00", zone = "Z"] = match;
  const atMs = Date.parse(`${day}T${minute}${second}${zone === "UTC" ? "Z" : zone}`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Throws `FlagValueError`. */
export function readMoment(flag: string, text: string): UnixMs {
  const atMs = parseMoment(text);
  if (atMs === undefined || !Number.isSafeInteger(atMs)) {
    throw new FlagValueError(flag, text, "must be a date, an ISO time or ms", "2024-10-01");
  }
  return atMs;
}
