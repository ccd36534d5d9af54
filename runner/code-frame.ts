/** The lines around a fault, with a mark below it. */

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
/** Longest line that is shown, in characters. */
const LINE_LENGTH_MAX = 120;
/** Characters that stay before the fault when a line is cut at its start. */
const LEAD_LENGTH = 40;

/**
 *       6 | const size = 1;
 *     > 7 | const price = size.close;
 *         |               ^
 *
 * `line` and `column` count from 1. Null when the source has no such line.
 */
export function codeFrame(source: string, line: number, column: number): string | null {
  const lines = source.split("\n");
  if (lines[line - 1] === undefined) return null;
  const first = Math.max(1, line - LINES_BEFORE);
  const last = Math.min(lines.length, line + LINES_AFTER);
  const cut = Math.max(0, column - 1 - LEAD_LENGTH);
  // All lines are cut alike, so that they stay aligned.
  const start = column > LINE_LENGTH_MAX ? cut : 0;
  const width = String(last).length;
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = (lines[number - 1] ?? "")
      .replaceAll("\t", " ")
      .slice(start, start + LINE_LENGTH_MAX);
    const mark = number === line ? ">" : " ";
    shown.push(`${mark} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line) {
      shown.push(`  ${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1 - start))}^`);
    }
  }
  return shown.join("\n");
}
