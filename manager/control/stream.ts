/** Answers that come line by line: one JSON object each, written as things happen. */
import type { z } from "zod";
import { errorBodyOf, KumbhError, messageOf } from "#shared/errors.ts";
import { parseValue } from "#shared/json.ts";
import type { Log } from "#shared/log.ts";

/**
 * Longest silence on a stream, in ms: a line of nothing keeps it open. What `timeout` grants a request
 * holds until its first line; then Bun's 10 s do, which cannot be changed for a Unix socket.
 */
const KEEP_ALIVE_MS = 4000;

/** Lines of one answer; `signal` says that nobody listens any more. */
export type StreamHandler = (request: unknown, signal: AbortSignal) => AsyncIterator<unknown>;

/** Handlers by `METHOD /path`. */
export type StreamHandlers = ReadonlyMap<string, StreamHandler>;

interface StreamRoute<Ask extends z.ZodType, Line extends z.ZodType> {
  readonly method: string;
  readonly path: string;
  readonly request: Ask;
  readonly line: Line;
}

/** A stream's handler behind its schema. */
export function onStream<Ask extends z.ZodType, Line extends z.ZodType>(
  { method, path, request: schema }: StreamRoute<Ask, Line>,
  open: (request: z.output<Ask>, signal: AbortSignal) => AsyncGenerator<z.output<Line>>,
): readonly [string, StreamHandler] {
  const what = `the request ${method} ${path}`;
  return [
    `${method} ${path}`,
    (request, signal) => open(parseValue(schema, request, what), signal),
  ];
}

/** Throws what is thrown before the first line; what is thrown later becomes the last line. */
export async function streamLines(lines: AsyncIterator<unknown>, log: Log): Promise<Response> {
  const first = await lines.next();
  const encoder = new TextEncoder();
  const lineOf = (value: unknown) => encoder.encode(`${JSON.stringify(value)}\n`);
  let next: Promise<IteratorResult<unknown>> = Promise.resolve(first);
  let keepAlive: ReturnType<typeof setInterval> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      keepAlive = setInterval(() => controller.enqueue(encoder.encode("\n")), KEEP_ALIVE_MS);
    },
    async pull(controller) {
      try {
        const result = await next;
        if (result.done === true) {
          clearInterval(keepAlive);
          controller.close();
          return;
        }
        controller.enqueue(lineOf(result.value));
        next = lines.next();
        // It is awaited by the next pull; until then nobody else may be told of its failure.
        next.catch(() => undefined);
      } catch (error) {
        clearInterval(keepAlive);
        if (!(error instanceof KumbhError)) {
          log.error("a stream failed", { problem: messageOf(error) });
        }
        controller.enqueue(lineOf({ error: errorBodyOf(error) }));
        controller.close();
      }
    },
    async cancel() {
      clearInterval(keepAlive);
      await lines.return?.();
    },
  });
  return new Response(body, { headers: { "content-type": "application/x-ndjson" } });
}
