/** A line of painted pieces that is never wider than its screen. */
import { cut } from "#cli/view/text.ts";

export interface Piece {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const same = (text: string): string => text;

/** The pieces one after another; what does not fit is cut before it is painted. */
export function renderLine(pieces: readonly Piece[], columns: number): string {
  let room = columns;
  let line = "";
  for (const { text, paint = same } of pieces) {
    if (room <= 0) break;
    const fitting = cut(text, room);
    line += fitting === "" ? "" : paint(fitting);
    room -= Bun.stringWidth(fitting);
  }
  return line;
}
