/** Answers that are a file as it lies on the disk. */
import type { z } from "zod";
import { parseValue } from "#shared/json.ts";

/** Path of the file that is asked for; throws what is wrong with the request. */
export type FileHandler = (request: unknown) => string;

/** Handlers by `METHOD /path`. */
export type FileHandlers = ReadonlyMap<string, FileHandler>;

interface FileRoute<Ask extends z.ZodType> {
  readonly method: string;
  readonly path: string;
  readonly request: Ask;
}

/** A file's handler behind its schema. */
export function onFile<Ask extends z.ZodType>(
  { method, path, request: schema }: FileRoute<Ask>,
  find: (request: z.output<Ask>) => string,
): readonly [string, FileHandler] {
  const what = `the request ${method} ${path}`;
  return [`${method} ${path}`, (request) => find(parseValue(schema, request, what))];
}

/** The file, read as it is sent. */
export const fileResponse = (path: string): Response =>
  new Response(Bun.file(path), { headers: { "content-type": "application/json" } });
