/** JSON at a border: text in, a checked value out. */
import type { z } from "zod";
import { ExchangeMalformedError, MalformedError } from "#shared/errors.ts";

/** Parses JSON text and checks it. Throws `MalformedError` that names `what` and each problem. */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedError(what, String(cause), { cause });
  }
  return parseValue(schema, value, what);
}

/** Checks a value that came over a border. Throws `MalformedError` that names `what` and each problem. */
export function parseValue<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedError(what, describeIssues(result.error), { cause: result.error });
}

/** Checks what the exchange answered. Throws `ExchangeMalformedError` that names `what` and each problem. */
export function parseReply<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ExchangeMalformedError(what, describeIssues(result.error), { cause: result.error });
}

/** One line for each problem zod found: `path: what is wrong`. */
export function describeIssues(error: z.core.$ZodError): string {
  return error.issues
    .map((issue) => {
      const path = issue.path.map(String).join(".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    })
    .join("; ");
}
