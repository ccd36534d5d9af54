/** How far some work is: a bar with its rate and the time that is left, or a line where nothing can be drawn. */
import { count, duration, rate, wholePercent } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { oneLine } from "#cli/view/text.ts";

/** Work of which a part is done. */
export interface Work {
  /** What is being done. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** Of what, e.g. `candles`. */
  readonly unit: string;
  /** Null while too little is known. */
  readonly perSecond: number | null;
  readonly leftMs: number | null;
  /** Anything else, e.g. the simulated day. */
  readonly note: string;
}

/** Done at a moment, on a clock that does not jump. */
export interface Mark {
  readonly atMs: number;
  readonly done: number;
}

/** Shorter than this tells nothing of the rate, in ms. */
const PACE_MS_MIN = 200;

/** How fast the work goes, and how long the rest will take at that. */
export function paceOf(first: Mark, now: Mark, total: number): Pick<Work, "perSecond" | "leftMs"> {
  const elapsedMs = now.atMs - first.atMs;
  const done = now.done - first.done;
  if (elapsedMs < PACE_MS_MIN || done <= 0) return { perSecond: null, leftMs: null };
  return {
    perSecond: (done / elapsedMs) * 1000,
    leftMs: (Math.max(0, total - now.done) / done) * elapsedMs,
  };
}

const BAR_WIDTH_MAX = 30;
const BAR_WIDTH_MIN = 8;
/** Wide enough for a line that nobody sees cut. */
const WIDTH_DEFAULT = 120;

/** One line, no wider than the screen: what is least of interest is left out first. */
export function renderProgress(
  work: Work,
  { width, paint }: Pick<Screen, "width" | "paint">,
): string {
  const columns = Number.isFinite(width) ? width - 1 : WIDTH_DEFAULT;
  const what = oneLine(work.what);
  const { head, tail } = fit(what, partsOf(work), columns - BAR_WIDTH_MIN);
  const room = columns - widthOf([...head, ...tail]) - GAP.length;
  if (room < BAR_WIDTH_MIN || work.total === 0) return [...head, ...tail].join(GAP);
  const bar = barOf(shareOf(work), Math.min(BAR_WIDTH_MAX, room), paint.cyan, paint.dim);
  const [percent = "", ...rest] = tail;
  return [...head, bar, percent, ...rest.map((part) => paint.dim(part))].join(GAP);
}

/** The same without a bar, for a log. */
export const progressLine = (work: Work): string =>
  [oneLine(work.what), ...partsOf(work)].filter((part) => part !== "").join(GAP);

const GAP = "  ";

const widthOf = (parts: readonly string[]): number =>
  parts.reduce((sum, part) => sum + Bun.stringWidth(part) + GAP.length, 0);

/** The parts that fit, the last of them left out first, then the name. */
function fit(
  what: string,
  parts: readonly string[],
  columns: number,
): { readonly head: readonly string[]; readonly tail: readonly string[] } {
  let tail = parts.filter((part) => part !== "");
  const head = what === "" ? [] : [what];
  while (tail.length > 1 && widthOf([...head, ...tail]) > columns) tail = tail.slice(0, -1);
  return widthOf([...head, ...tail]) > columns ? { head: [], tail } : { head, tail };
}

/** The share first; only the note where nobody knows how much there is to do. */
function partsOf(work: Work): string[] {
  const { done, total, unit, perSecond, leftMs, note } = work;
  if (total === 0) return [note];
  return [
    wholePercent(shareOf(work)).padStart(4),
    leftMs === null ? "" : `${duration(leftMs)} left`,
    `${count(done)} of ${count(total)} ${unit}`,
    perSecond === null ? "" : rate(perSecond),
    note,
  ];
}

/** From 0 to 1, whatever the numbers are. */
function shareOf({ done, total }: Pick<Work, "done" | "total">): number {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

type Style = (text: string) => string;

function barOf(share: number, width: number, full: Style, empty: Style): string {
  const filled = Math.round(share * width);
  return full("━".repeat(filled)) + empty("─".repeat(width - filled));
}
