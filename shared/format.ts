/** Numbers as a person reads them: durations, sizes, moments. */

interface Unit {
  readonly ms: number;
  readonly name: string;
}
const SECOND: Unit = { ms: 1000, name: "s" };
const MINUTE: Unit = { ms: 60_000, name: "m" };
const HOUR: Unit = { ms: 3_600_000, name: "h" };
const DAY: Unit = { ms: 86_400_000, name: "d" };

/** `340ms`, `1.5s`, `42s`, `3m 10s`, `2h 5m`, `4d 3h`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND.ms) return `${Math.round(ms)}ms`;
  if (ms < 10 * SECOND.ms) return `${(ms / SECOND.ms).toFixed(1).replace(/\.0$/, "")}s`;
  if (ms < MINUTE.ms) return `${Math.floor(ms / SECOND.ms)}s`;
  if (ms < HOUR.ms) return inTwoUnits(ms, MINUTE, SECOND);
  if (ms < DAY.ms) return inTwoUnits(ms, HOUR, MINUTE);
  return inTwoUnits(ms, DAY, HOUR);
}

function inTwoUnits(ms: number, large: Unit, small: Unit): string {
  const head = `${Math.floor(ms / large.ms)}${large.name}`;
  const rest = Math.floor((ms % large.ms) / small.ms);
  return rest === 0 ? head : `${head} ${rest}${small.name}`;
}

/** `a, b, c and 4 more`: the first so many names. */
export function listNames(names: readonly string[], shownMax: number): string {
  const more = names.length - shownMax;
  const shown = names.slice(0, shownMax).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const KIB = 1024;

/** `812B`, `9.5KB`, `24MB`, `1.2GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "KB", "MB"]) {
    if (value < KIB) return `${shortNumber(value)}${unit}`;
    value /= KIB;
  }
  return `${shortNumber(value)}GB`;
}

const shortNumber = (value: number): string =>
  value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);

/** `2026-01-02 03:04:05`, in UTC. */
export const formatTime = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
