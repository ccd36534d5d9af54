/** Lines of a log on a screen: the moment dim, warnings and errors in their colours. */
import type { Paint } from "#cli/paint.ts";
import { severalLines } from "#cli/view/text.ts";

/** `2026-01-02T03:04:05.678Z info  words key=value`. */
const LINE = /^(\S+Z) (debug|info|warn|error) +(.*)$/;
const LEVEL_WIDTH = 5;

/** Nothing that an author wrote is left that a terminal would obey. */
export const renderLog = (text: string, paint: Paint): string =>
  severalLines(text)
    .split("\n")
    .map((line) => renderLine(line, paint))
    .join("\n");

function renderLine(line: string, paint: Paint): string {
  const [, moment = "", level = "", words = ""] = LINE.exec(line) ?? [];
  if (level === "") return line;
  const style = styleOf(level, paint);
  return `${paint.dim(moment)} ${style(level.padEnd(LEVEL_WIDTH))} ${level === "error" ? style(words) : words}`;
}

function styleOf(level: string, paint: Paint): (text: string) => string {
  if (level === "error") return paint.red;
  return level === "warn" ? paint.yellow : paint.dim;
}
