/** The one form of errors and warnings. */
import type { Paint } from "#cli/paint.ts";
import { cut, indented, severalLines, wrap } from "#cli/view/text.ts";
import type { ErrorBody } from "#shared/error-body.ts";

const INDENT = 2;

/** A red line that says what and why, the lines of the person's own file, a line that says what to type. */
export function renderError(
  error: Pick<ErrorBody, "message" | "frame" | "remedy">,
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string {
  const [first = "", ...more] = severalLines(error.message).split("\n");
  const lines = [
    paint.red(wrap(`✘ ${first}`, width, INDENT)),
    ...more.map((line) => `  ${wrap(line, width, INDENT)}`),
  ];
  if (error.frame !== null) lines.push(renderFrame(error.frame, paint, width));
  lines.push(`  ${wrap(severalLines(error.remedy), width, INDENT)}`);
  return lines.join("\n");
}

/**
 * Lines of a file around a fault, the marked one standing out. They are cut to the screen: a broken line
 * would part the mark below it from its place. Other lines, as those of a log, are broken and kept whole.
 */
export const renderFrame = (frame: string, paint: Paint, width: number): string =>
  severalLines(frame)
    .trimEnd()
    .split("\n")
    .map((line) => (CODE_LINE.test(line) ? cut(line, width - INDENT) : wrap(line, width, INDENT)))
    .map((line) => indented(/^\s*>/.test(line) ? line : paint.dim(line), INDENT))
    .join("\n");

/** `> 12 |     throw new Error("boom");`. */
const CODE_LINE = /^\s*>?\s*\d*\s*\|/;

export const renderWarning = (
  warning: string,
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string => paint.yellow(wrap(`! ${severalLines(warning)}`, width, INDENT));
