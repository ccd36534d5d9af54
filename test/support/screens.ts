import { type Paint, PLAIN } from "#cli/paint.ts";
import type { Screen } from "#cli/view/screen.ts";
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
