/** A TOML file that a person wrote: checked, with the line of each fault and the nearest known key. */
import { parse, TomlError } from "smol-toml";
import { z } from "zod";
import { KumbhError } from "#shared/errors.ts";
import { didYouMean } from "#shared/near.ts";

type Path = readonly PropertyKey[];

/** A text that a person wrote, and whether its lines may be shown. */
export interface TomlText {
  readonly file: string;
  readonly text: string;
  /** It may hold a key: no line of it is quoted in an error. */
  readonly secret: boolean;
}

export class TomlSyntaxError extends KumbhError {
  constructor(source: TomlText, error: TomlError) {
    const what = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    super("toml_syntax", `${source.file}:${error.line}: ${what}`, "mend the line", {
      exitCode: 2,
      // smol-toml quotes the lines in its message too: neither it nor the cause may carry a secret.
      ...(source.secret
        ? {}
        : { frame: frameAt(source.text, error.line, { column: error.column }), cause: error }),
    });
  }
}

export class TomlValueError extends KumbhError {
  constructor(source: TomlText, path: Path, problem: string) {
    const line = lineOf(source.text, path);
    const key = keyOf(path);
    super(
      "toml_value",
      `${source.file}:${line}: ${key === "" ? "" : `${key}: `}${problem}`,
      "mend the line",
      { exitCode: 2, ...(source.secret ? {} : { frame: frameAt(source.text, line) }) },
    );
  }
}

/** `strategy[1].params.fast`. */
const keyOf = (path: Path): string =>
  path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");

/** Reads and checks a TOML text. Throws `TomlSyntaxError` or `TomlValueError` for the first fault. */
export function parseToml<Schema extends z.ZodType>(
  schema: Schema,
  source: TomlText,
): z.output<Schema> {
  const result = schema.safeParse(readToml(source), { reportInput: true });
  if (result.success) return result.data;
  const { issues } = result.error;
  // A misspelt key also leaves the right one missing: the cause is said, not the consequence.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue === undefined) throw result.error;
  const key = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (key === undefined) throw new TomlValueError(source, issue.path, problemOf(issue));
  const known = keysAt(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), issue.path);
  throw new TomlValueError(source, [...issue.path, key], `unknown key${didYouMean(key, known)}`);
}

/** A word that is none of those it could be gets the nearest of them; the word itself may be secret. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_value" || typeof issue.input !== "string") return issue.message;
  const known = issue.values.map(String);
  return `must be one of ${known.join(", ")}${didYouMean(issue.input, known)}`;
}

function readToml(source: TomlText): unknown {
  try {
    return parse(source.text);
  } catch (cause) {
    if (cause instanceof TomlError) throw new TomlSyntaxError(source, cause);
    throw cause;
  }
}

const SchemaNode = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});

/** Keys that a JSON schema knows at a path of the value. */
function keysAt(schema: unknown, path: Path): string[] {
  const node = SchemaNode.safeParse(schema).data;
  if (node === undefined) return [];
  const [step, ...rest] = path;
  if (step === undefined) return Object.keys(node.properties ?? {});
  if (typeof step === "number") return keysAt(node.items, rest);
  return keysAt(node.properties?.[String(step)] ?? node.additionalProperties, rest);
}

/** Line (from 1) where the value at `path` is written; the nearest line above it when it is nowhere. */
export function lineOf(text: string, path: Path): number {
  let best = { depth: -1, line: 1 };
  const tables = new Map<string, number>();
  let table: Path = [];
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[(\[)?\s*([^\]]+?)\s*\]/.exec(line);
    if (header !== null) {
      table = tablePath(header[2] ?? "", header[1] !== undefined, tables);
      best = deeper(best, commonDepth(table, path), index + 1);
      continue;
    }
    const key = /^\s*([A-Za-z0-9_.-]+|"[^"]*")\s*=/.exec(line)?.[1];
    if (key === undefined) continue;
    const here = [...table, ...key.replaceAll('"', "").split(".")];
    best = deeper(best, commonDepth(here, path), index + 1);
  }
  return best.line;
}

interface Found {
  readonly depth: number;
  readonly line: number;
}

const deeper = (best: Found, depth: number, line: number): Found =>
  depth > best.depth ? { depth, line } : best;

/** Path of a table header; an array of tables counts its entries. */
function tablePath(name: string, isArray: boolean, seen: Map<string, number>): Path {
  const count = seen.get(name) ?? 0;
  if (isArray) seen.set(name, count + 1);
  const path: PropertyKey[] = [];
  const steps = name.split(".");
  for (const [index, step] of steps.entries()) {
    path.push(step);
    const prefix = steps.slice(0, index + 1).join(".");
    const entries = seen.get(prefix);
    if (entries !== undefined) path.push(entries - 1);
  }
  return path;
}

/** Steps that both paths share when one begins with the other, else -1. */
function commonDepth(here: Path, wanted: Path): number {
  const depth = Math.min(here.length, wanted.length);
  return here.slice(0, depth).every((step, index) => step === wanted[index]) ? depth : -1;
}

/** Lines shown above and below the one at fault. */
const LINES_AROUND = 1;

/** Lines of a file around one of them, numbered, the line marked; with a column (from 1), that too. */
export function frameAt(text: string, line: number, { column }: { column?: number } = {}): string {
  const lines = text.split("\n");
  const from = Math.max(1, line - LINES_AROUND);
  const to = Math.min(lines.length, line + LINES_AROUND);
  const width = String(to).length;
  return Array.from({ length: to - from + 1 }, (_, offset) => {
    const number = from + offset;
    const isFault = number === line;
    const shown = `${isFault ? ">" : " "} ${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`;
    if (!isFault || column === undefined) return shown;
    return `${shown}\n  ${" ".repeat(width)} | ${" ".repeat(column - 1)}^`;
  }).join("\n");
}
