import { type Paint, PLAIN } from "#cli/paint.ts";
import type { Screen } from "#cli/view/screen.ts";
import { assert } from "#shared/assert.ts";
import { NOW_MS } from "#test/support/fleet-fixtures.ts";

export const screenAt = (width: number, paint: Paint = PLAIN): Screen => ({
  width,
  nowMs: NOW_MS,
  paint,
  utc: true,
});

const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;

/** Colours as marks that a snapshot shows. */
export const MARKED: Paint = {
  bold: mark("bold"),
  dim: mark("dim"),
  red: mark("red"),
  green: mark("green"),
  yellow: mark("yellow"),
  cyan: mark("cyan"),
};

/** Columns of the widest line. */
export const widestLine = (text: string): number =>
  Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)));

/** Screens that people have, in columns. */
const WIDTHS = [80, 120, 160];

/** A view on each of them, the widths that see the same together. Throws for a line that would wrap. */
export function atThreeWidths(draw: (width: number) => string): string {
  const drawn = WIDTHS.map((width) => ({ width, text: draw(width) }));
  const wrapped = drawn.filter(({ width, text }) => widestLine(text) > width);
  assert(wrapped.length === 0, `a line would wrap at ${wrapped[0]?.width}`);
  return [...Map.groupBy(drawn, ({ text }) => text)]
    .map(([text, same]) => `at ${same.map(({ width }) => width).join(", ")}:\n${text}`)
    .join("\n");
}
