/** Text that others wrote, made fit for a screen. */
import { count } from "#cli/view/numbers.ts";

/**
 * Without what a terminal would obey: an author's message could otherwise move the cursor or write
 * on the clipboard. Tabs and newlines become spaces.
 */
export const oneLine = (text: string): string => clean(text.replaceAll(/\s+/g, " ")).trim();

/** The same for text of several lines, which stay. */
export const severalLines = (text: string): string =>
  text.replaceAll("\t", "  ").split(/\r?\n/).map(clean).join("\n");

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const clean = (text: string): string => Bun.stripANSI(text).replaceAll(CONTROL, "");

/** Cut to so many columns, the last of them `…`. */
export function cut(text: string, columns: number): string {
  if (Bun.stringWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += Bun.stringWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Parts facts in one line. */
export const SEPARATOR = " · ";

/** The first part and as many of the next as fit into so many columns. */
export function joinFitting(parts: readonly string[], columns: number): string {
  const [first = "", ...more] = parts;
  let text = first;
  for (const part of more) {
    if (Bun.stringWidth(text + SEPARATOR + part) > columns) break;
    text += SEPARATOR + part;
  }
  return text;
}

/** Filled with spaces up to so many columns. */
export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - Bun.stringWidth(text)));

/** Broken between words to so many columns; lines after the first begin with `indent` spaces. */
export function wrap(text: string, columns: number, indent: number): string {
  if (!Number.isFinite(columns)) return text;
  const width = Math.max(COLUMNS_MIN, columns - indent);
  return Bun.wrapAnsi(text, width, { hard: true, trim: true })
    .split("\n")
    .join(`\n${" ".repeat(indent)}`);
}

/** Text is not broken into anything narrower. */
const COLUMNS_MIN = 20;

export const indented = (text: string, columns: number): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? line : " ".repeat(columns) + line))
    .join("\n");

/** `1 strategy`, `3 strategies`. */
export const counted = (n: number, one: string, many: string): string =>
  `${count(n)} ${n === 1 ? one : many}`;
