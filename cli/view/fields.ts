/** Names and values below each other. */
import type { Screen } from "#cli/view/screen.ts";
import { indented, padEnd, wrap } from "#cli/view/text.ts";

export type Fields = ReadonlyMap<string, string>;

/** Columns that everything about one strategy is moved in. */
export const MARGIN = 2;

/** One line a field; a long value goes on below itself. */
export function fieldLines(fields: Fields, { width, paint }: Screen): string[] {
  const nameWidth = Math.max(...[...fields.keys()].map((name) => Bun.stringWidth(name)));
  const indent = MARGIN + nameWidth + 2;
  return [...fields].map(([name, value]) => {
    const label = indented(padEnd(name, nameWidth), MARGIN);
    return `${paint.dim(label)}  ${wrap(value, width, indent)}`;
  });
}
