/** The control API's server: HTTP on a Unix socket that only its owner can open. */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { z } from "zod";
import { type FileHandlers, fileResponse } from "#manager/control/file.ts";
import type { Handlers } from "#manager/control/handlers.ts";
import { type StreamHandlers, streamLines } from "#manager/control/stream.ts";
import { REQUEST_BYTES_MAX, ROUTES } from "#shared/control-api.ts";
import type { ErrorBody } from "#shared/error-body.ts";
import { errorBodyOf, KumbhError, messageOf } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
import type { Log } from "#shared/log.ts";

/**
 * Longest time for one answer, in s: Bun's largest. Its default of 10 would cut off a `stop` that waits
 * for a strategy's deadline.
 */
const IDLE_S_MAX = 255;
/** Longest wait for whoever listens on a socket that we find, in ms. */
const PROBE_MS_MAX = 1000;

export class SocketTakenError extends KumbhError {
  constructor(path: string) {
    super(
      "socket_taken",
      `another manager listens on ${path}`,
      "end it with `kumbh down`, or choose another socket with `--socket PATH`",
    );
  }
}

export class SocketUnusableError extends KumbhError {
  constructor(path: string, problem: string, cause?: unknown) {
    super(
      "socket_unusable",
      `cannot listen on ${path}: ${problem}`,
      "move it away, or choose another socket with `--socket PATH`",
      { cause },
    );
  }
}

export class UnknownRouteError extends KumbhError {
  constructor(method: string, path: string) {
    super(
      "unknown_route",
      `this manager has no ${method} ${path}`,
      "run a CLI and a manager of one version: `kumbh down`, then again",
      { exitCode: 2 },
    );
  }
}

export interface ControlServer {
  /** Stops listening; the socket's file goes. */
  close(): Promise<void>;
}

/** What the manager answers: at once, line by line, or with a file. */
export interface Answers {
  readonly handlers: Handlers;
  readonly streams: StreamHandlers;
  readonly files: FileHandlers;
}

/** Throws `SocketTakenError` or `SocketUnusableError`. The caller has set the umask to 077. */
export async function serveControl(
  path: string,
  answers: Answers,
  log: Log,
): Promise<ControlServer> {
  await clearStale(path);
  try {
    const server = Bun.serve({
      unix: path,
      maxRequestBodySize: REQUEST_BYTES_MAX,
      fetch: async (request, self) => {
        self.timeout(request, IDLE_S_MAX);
        return await answer(request, answers, log);
      },
      error: (error) => respond(500, { error: errorBodyOf(error) }),
    });
    chmodSync(path, 0o600);
    return { close: async () => await server.stop(true) };
  } catch (cause) {
    throw new SocketUnusableError(path, messageOf(cause), cause);
  }
}

/** Removes a socket that nobody listens on. Bun refuses to bind to any existing path. */
async function clearStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new SocketUnusableError(path, "a file of that name is no socket");
  if (await isAnswered(path)) throw new SocketTakenError(path);
  unlinkSync(path);
}

async function isAnswered(path: string): Promise<boolean> {
  try {
    await fetch(`http://kumbh${ROUTES.ping.path}`, {
      unix: path,
      signal: AbortSignal.timeout(PROBE_MS_MAX),
    });
    return true;
  } catch (error) {
    // Refused: nobody listens. Anything else, a time-out too, means that somebody does.
    return !(error instanceof Error && "code" in error && error.code === "ECONNREFUSED");
  }
}

async function answer(
  request: Request,
  { handlers, streams, files }: Answers,
  log: Log,
): Promise<Response> {
  const url = new URL(request.url);
  const name = `${request.method} ${url.pathname}`;
  try {
    const open = streams.get(name);
    if (open !== undefined) {
      const lines = open(await readRequest(request, url), request.signal);
      return await streamLines(lines, log);
    }
    const find = files.get(name);
    if (find !== undefined) return fileResponse(find(await readRequest(request, url)));
    const handle = handlers.get(name);
    if (handle === undefined) throw new UnknownRouteError(request.method, url.pathname);
    return respond(200, await handle(await readRequest(request, url)));
  } catch (error) {
    const body = errorBodyOf(error);
    if (!(error instanceof KumbhError)) {
      log.error("a request failed", { path: url.pathname, problem: messageOf(error) });
    }
    return respond(statusOf(body), { error: body });
  }
}

function statusOf({ code, exitCode }: ErrorBody): number {
  if (code === "internal") return 500;
  if (code === "unknown_route") return 404;
  return code === "malformed" || exitCode === 2 ? 400 : 409;
}

const respond = (status: number, body: unknown): Response => Response.json(body, { status });

async function readRequest(request: Request, url: URL): Promise<unknown> {
  if (request.method === "GET") return Object.fromEntries(url.searchParams);
  const text = await request.text();
  return text === "" ? {} : parseJson(z.unknown(), text, "the request's body");
}
