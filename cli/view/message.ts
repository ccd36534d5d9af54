/** The one form of errors and warnings. */
import type { Paint } from "#cli/paint.ts";
import { indented, severalLines } from "#cli/view/text.ts";
import type { ErrorBody } from "#shared/error-body.ts";

/** A red line that says what and why, the lines of the person's own file, a line that says what to type. */
export function renderError(
  error: Pick<ErrorBody, "message" | "frame" | "remedy">,
  paint: Paint,
): string {
  const [first = "", ...more] = severalLines(error.message).split("\n");
  const lines = [paint.red(`✘ ${first}`), ...more.map((line) => `  ${line}`)];
  if (error.frame !== null) lines.push(renderFrame(error.frame, paint));
  lines.push(`  ${severalLines(error.remedy)}`);
  return lines.join("\n");
}

/** Lines of a file around a fault; the marked one stands out. */
export const renderFrame = (frame: string, paint: Paint): string =>
  severalLines(frame)
    .trimEnd()
    .split("\n")
    .map((line) => indented(/^\s*>/.test(line) ? line : paint.dim(line), 2))
    .join("\n");

export const renderWarning = (warning: string, paint: Paint): string =>
  paint.yellow(`! ${severalLines(warning)}`);
