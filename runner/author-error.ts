/** An error thrown by an author's code, with the place in the author's own file. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { codeFrame } from "#runner/code-frame.ts";
import { AuthorError } from "#shared/author-error.ts";
import { SOURCE_FOLDER } from "#shared/paths.ts";

/** Folders whose frames on a stack are the engine's, not the author's. */
const ROOT = resolve(import.meta.dir, "..");
const ENGINE_FOLDERS = ["runner", "shared", "node_modules"].map((name) => join(ROOT, name, "/"));

/** A line of a stack: `at onCandle (/mine/a.ts:7:3)`, `at async /mine/a.ts:7:3`. */
const STACK_LINE = /^\s*at (?:.*\()?(\/[^()]*?):(\d+):(\d+)\)?$/;

/** Frames of a stack that are kept: the author's may lie below the engine's. */
export const STACK_FRAMES_MAX = 30;

export interface Place {
  /** Absolute path. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The innermost line of the author's code on a stack. */
export function authorPlace(stack: string): Place | undefined {
  for (const text of stack.split("\n")) {
    const [, path, line, column] = STACK_LINE.exec(text) ?? [];
    if (path === undefined || !isAuthors(path)) continue;
    return { path, line: Number(line), column: Number(column) };
  }
  return undefined;
}

const isAuthors = (path: string): boolean =>
  !path.includes("/node_modules/") && !ENGINE_FOLDERS.some((folder) => path.startsWith(folder));

/** `TypeError: x is not a function`; plain errors without their class. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown === "string" ? thrown : Bun.inspect(thrown);
  const { name, message } = thrown;
  return name === "Error" || name === "KumbhError" ? message : `${name}: ${message}`;
}

/**
 * What is kept and shown of an error. `bundle` is the file that was loaded: beside it, in `source/`,
 * lie the author's files as they were bundled, and `file` is the path in there.
 */
export function authorErrorOf(thrown: unknown, where: string, bundle: string): AuthorError {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  const sources = join(dirname(bundle), SOURCE_FOLDER, "/");
  const place = authorPlace(stack);
  return AuthorError.parse({
    where,
    message: describeThrown(thrown),
    stack: stack.replaceAll(sources, ""),
    file: place === undefined ? null : nameIn(sources, place.path),
    line: place?.line ?? null,
    column: place?.column ?? null,
    frame: place === undefined ? null : frameAt(place),
  });
}

function nameIn(folder: string, path: string): string {
  const inside = relative(folder, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** Null where the file cannot be read any more: the error itself matters more than its lines. */
export function frameAt({ path, line, column }: Place): string | null {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  return codeFrame(source, line, column);
}
