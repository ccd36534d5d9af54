/** Faults of an author's file, with the place in it. */
import { readFileSync } from "node:fs";
import { authorPlace, describeThrown, frameAt } from "#runner/author-error.ts";
import { codeFrame } from "#runner/code-frame.ts";
import { NotHereError } from "#runner/guard.ts";
import type { Problem } from "#shared/inspection.ts";

/** Where an author's files are. */
export interface Author {
  /** Absolute path of the strategy's file. */
  readonly file: string;
  /** The author's file of each copy. */
  readonly originals: ReadonlyMap<string, string>;
}

/** What is wrong with no certain place, or with params, which stand in another file. */
export const problemWithoutPlace = (message: string, file: string | null): Problem => ({
  message,
  file,
  line: null,
  column: null,
  frame: null,
});

/** Where in a file to point when nothing says which line it was, the best first. */
type Marks = readonly RegExp[];

export const CLASS = /\bclass\b/;

/** What the author's code threw, at the line that threw it; else at the first of `marks`. */
export function problemOfThrown(
  thrown: unknown,
  where: string,
  author: Author,
  marks: Marks,
): Problem {
  const message = `${where}: ${describeThrown(thrown)}`;
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  const place = authorPlace(stack);
  // A field of a class that is set as it is built has no line on the stack.
  const member =
    thrown instanceof NotHereError ? [new RegExp(`\\bthis\\.${thrown.member}\\b`)] : [];
  if (place === undefined) return problemNear(message, [...member, ...marks], author);
  const { line, column } = place;
  const file = author.originals.get(place.path) ?? place.path;
  return { message, file, line, column, frame: frameAt(place) };
}

/** At the first match in the strategy's own file of the first mark that has one, or at no line. */
export function problemNear(message: string, marks: Marks, { file }: Author): Problem {
  const source = readFileSync(file, "utf8");
  const at = marks.map((mark) => source.search(mark)).find((index) => index !== -1);
  if (at === undefined) return problemWithoutPlace(message, file);
  const before = source.slice(0, at).split("\n");
  const line = before.length;
  const column = (before.at(-1) ?? "").length + 1;
  return { message, file, line, column, frame: codeFrame(source, line, column) };
}
