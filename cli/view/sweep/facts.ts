/** What was swept, over what, and what could not be run: the head of a sweep's result. */
import { type Grid, pointText } from "#cli/sweep/study.ts";
import type { Span } from "#cli/sweep/windows.ts";
import { orNothing, paramsText } from "#cli/view/cells.ts";
import { renderWarning } from "#cli/view/message.ts";
import { count, duration, utcDay } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import { indented, oneLine, padEnd, SEPARATOR, wrap } from "#cli/view/text.ts";

const MARGIN = 2;

/** A bold title, then a line for each fact. */
export function renderFacts(
  grid: Grid,
  facts: readonly (readonly [string, string])[],
  { width, paint }: Pick<Screen, "width" | "paint">,
): string[] {
  const { meta, rank, fixed } = grid;
  const all = [...facts, ["the other params", orNothing(oneLine(paramsText(fixed)))] as const];
  const label = Math.max(...all.map(([name]) => name.length)) + MARGIN;
  return [
    paint.bold(`sweep of ${meta.name} ${oneLine(meta.version)} by ${rank}`),
    ...all.map(([name, text]) =>
      indented(paint.dim(padEnd(name, label)) + wrap(text, width - MARGIN, label), MARGIN),
    ),
  ];
}

/** `2025-07-01 to 2025-09-01 UTC (62d)`. */
export const spanText = ({ fromMs, toMs }: Span): string =>
  `${utcDay(fromMs)} to ${utcDay(toMs)} UTC (${duration(toMs - fromMs)})`;

/** How many were to be run, and why some were not. */
export function combinationsText({ chosen, points, refused, axes }: Grid, all: number): string {
  const [first] = refused;
  const parts = [
    chosen === all ? count(all) : `${count(chosen)} by chance of ${count(all)}`,
    ...(first === undefined
      ? []
      : [
          `${count(points.length)} run`,
          `${count(refused.length)} refused by the strategy (${pointText({ axes }, first.index)}: ${oneLine(first.reason)})`,
        ]),
  ];
  return parts.join(SEPARATOR);
}

/** A warning that stands in the result, no wider than the screen. */
export const warningLine = (
  text: string,
  { width, paint }: Pick<Screen, "width" | "paint">,
): string => wrapped(renderWarning(text, paint), width);

const wrapped = (text: string, width: number): string => wrap(text, width, MARGIN);

/** Reasons of failed runs that are told. */
const REASONS_MAX = 3;

/** `2 of 12 runs failed: onCandle: no such indicator`; empty when none did. */
export function failedText(reasons: readonly string[], runs: number): string[] {
  if (reasons.length === 0) return [];
  const different = [...new Set(reasons.map(oneLine))];
  const told = different.slice(0, REASONS_MAX).join("; ");
  const more = different.length > REASONS_MAX ? ` and ${different.length - REASONS_MAX} more` : "";
  return [`${count(reasons.length)} of ${count(runs)} runs failed: ${told}${more}`];
}
