/** What a schema found wrong, as one sentence with the value that is there and the one that was near. */
import type { z } from "zod";
import { didYouMean } from "#shared/near.ts";

/** Longest value that is quoted, in characters. */
const VALUE_LENGTH_MAX = 60;

/** The first fault of `value`: `fast must be a whole number, it is "ten"`. `name` stands for the root. */
export function explainIssues(error: z.core.$ZodError, value: unknown, name: string): string {
  const [issue] = error.issues;
  if (issue === undefined) return `${name} is malformed`;
  return explainIssue(issue, value, name);
}

function explainIssue(issue: z.core.$ZodIssue, root: unknown, name: string): string {
  const what = pathText(name, issue.path);
  const value = valueAt(root, issue.path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const keys = issue.keys.map((key) => `"${key}"`).join(", ");
      return `${what} has no ${keys}`;
    }
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const near = typeof value === "string" ? didYouMean(value, allowed) : "";
      const choice = allowed.length === 1 ? allowed[0] : `one of ${allowed.join(", ")}`;
      return `${what} must be ${choice}, it is ${quote(value)}${near}`;
    }
    case "invalid_type":
      return value === undefined
        ? `${what} is missing: it must be ${withArticle(issue.expected)}`
        : `${what} must be ${withArticle(issue.expected)}, it is ${quote(value)}`;
    case "too_small":
    case "too_big":
      return `${what} must be ${bounds(issue)}, it is ${quote(value)}`;
    default:
      return `${what}: ${issue.message}, it is ${quote(value)}`;
  }
}

function bounds(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [limit, words] =
    issue.code === "too_small"
      ? [issue.minimum, issue.inclusive === false ? "above" : "at least"]
      : [issue.maximum, issue.inclusive === false ? "below" : "at most"];
  const unit = issue.origin === "string" ? " characters long" : "";
  return `${words} ${limit}${unit}`;
}

const ARTICLES: Readonly<Record<string, string>> = {
  int: "a whole number",
  integer: "a whole number",
  boolean: "true or false",
  string: "a text",
  number: "a number",
  array: "a list",
  object: "an object",
  record: "an object",
};

export const withArticle = (type: string): string => ARTICLES[type] ?? `of type ${type}`;

function pathText(name: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, name);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }, root);
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
}
