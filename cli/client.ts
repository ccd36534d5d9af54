/** The control API as functions: HTTP over the manager's Unix socket, every request with a deadline. */
import { z } from "zod";
import {
  ManagerBrokeOffError,
  ManagerHangsError,
  OtherVersionError,
  SocketForbiddenError,
} from "#cli/client-errors.ts";
import { changing } from "#cli/interruptible.ts";
import { assert } from "#shared/assert.ts";
import {
  ErrorAnswer,
  FILES,
  type FileName,
  type FileRequest,
  type Ping,
  ROUTES,
  type RouteName,
  type RouteRequest,
  type RouteResponse,
} from "#shared/control-api.ts";
import {
  STREAMS,
  type StreamLine,
  type StreamName,
  type StreamRequest,
} from "#shared/control-streams.ts";
import { KumbhError, ManagerNotRunningError, RemoteError } from "#shared/errors.ts";
import { parseJson, parseValue } from "#shared/json.ts";
import { PROTOCOL } from "#shared/version.ts";

/** Longest time for an answer that only reads or notes something down, in ms. */
const ANSWER_MS = 5000;
/** The same where strategy files are bundled, type-checked and loaded first, or strategies stopped. */
const WORK_MS = 120_000;

const DEADLINE_MS: Readonly<Record<RouteName, number>> = {
  ping: ANSWER_MS,
  list: ANSWER_MS,
  show: ANSWER_MS,
  history: ANSWER_MS,
  monitor: ANSWER_MS,
  plan: WORK_MS,
  apply: WORK_MS,
  check: WORK_MS,
  add: WORK_MS,
  start: WORK_MS,
  stop: WORK_MS,
  restart: WORK_MS,
  remove: WORK_MS,
  params: WORK_MS,
  backtests: ANSWER_MS,
  backtest: ANSWER_MS,
  removeBacktests: ANSWER_MS,
  down: WORK_MS,
  candles: ANSWER_MS,
  readCandles: ANSWER_MS,
  importCandles: WORK_MS,
  importFunding: WORK_MS,
  recorded: ANSWER_MS,
  record: WORK_MS,
  unrecord: ANSWER_MS,
};

/** What changes the fleet, and takes a while. */
const CHANGES: ReadonlySet<RouteName> = new Set<RouteName>([
  "apply",
  "add",
  "start",
  "stop",
  "restart",
  "remove",
  "down",
]);

/** The part of a ping that every version has. */
const PingHead = z.object({
  protocol: z.int(),
  manager: z.object({ version: z.string(), pid: z.int() }),
});
export type PingHead = z.infer<typeof PingHead>;

export class Client {
  readonly socket: string;
  readonly #deadlineMs: Readonly<Record<RouteName, number>>;

  constructor(socket: string, deadlineMs: Partial<Record<RouteName, number>> = {}) {
    this.socket = socket;
    this.#deadlineMs = { ...DEADLINE_MS, ...deadlineMs };
  }

  /**
   * One request. Throws `ManagerNotRunningError`, `ManagerHangsError`, `ManagerBrokeOffError`,
   * `MalformedError`, or as `RemoteError` what the manager refused.
   */
  async call<Name extends RouteName>(
    name: Name,
    request: RouteRequest<Name>,
  ): Promise<RouteResponse<Name>> {
    const text = CHANGES.has(name)
      ? await changing(async () => await this.#fetch(name, request))
      : await this.#fetch(name, request);
    const what = `the manager's answer to ${name}`;
    return parseJson(RESPONSES[name].response, text, what);
  }

  /** Who answers, checked: a manager of another version is refused with a sentence. */
  async ping(): Promise<Ping> {
    const text = await this.#fetch("ping", {});
    const what = "the manager's answer to ping";
    const head = parseJson(PingHead, text, what);
    if (head.protocol !== PROTOCOL) {
      throw new OtherVersionError(this.socket, { ...head, version: head.manager.version });
    }
    return parseJson(ROUTES.ping.response, text, what);
  }

  /**
   * One request that is answered line by line, without a deadline; aborting `signal` ends the work
   * there and the lines here. Throws as `call` does, and as `RemoteError` what failed on the way.
   */
  async *stream<Name extends StreamName>(
    name: Name,
    request: StreamRequest<Name>,
    signal: AbortSignal,
  ): AsyncGenerator<StreamLine<Name>> {
    const { method, path } = STREAMS[name];
    const what = `the manager's answer to ${name}`;
    try {
      const response = await fetch(`http://kumbh${path}`, {
        method,
        unix: this.socket,
        signal,
        body: JSON.stringify(request),
        headers: JSON_HEADERS,
      });
      if (!response.ok) throw new RemoteError(errorOf(await response.text(), name));
      assert(response.body !== null, "an answer has a body");
      for await (const text of linesOf(response.body)) {
        const value = parseJson(z.unknown(), text, what);
        const failed = ErrorAnswer.safeParse(value);
        if (failed.success) throw new RemoteError(failed.data.error);
        yield parseValue(LINES[name].line, value, what);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      throw translate(thrown, this.socket, ANSWER_MS);
    }
  }

  /** A file of the manager's, read as it comes. Throws as `call` does. */
  async file<Name extends FileName>(name: Name, request: FileRequest<Name>): Promise<Response> {
    const { method, path } = FILES[name];
    const url = `http://kumbh${path}${queryOf(request)}`;
    try {
      const signal = AbortSignal.timeout(WORK_MS);
      const response = await fetch(url, { method, unix: this.socket, signal });
      if (!response.ok) throw new RemoteError(errorOf(await response.text(), name));
      return response;
    } catch (thrown) {
      throw translate(thrown, this.socket, WORK_MS);
    }
  }

  /** Who answers, of whatever version. */
  async pingHead(): Promise<PingHead> {
    return parseJson(PingHead, await this.#fetch("ping", {}), "the manager's answer to ping");
  }

  async #fetch(name: RouteName, request: object): Promise<string> {
    const { method, path } = ROUTES[name];
    const deadlineMs = this.#deadlineMs[name];
    const url = `http://kumbh${path}${method === "GET" ? queryOf(request) : ""}`;
    try {
      const response = await fetch(url, {
        method,
        unix: this.socket,
        signal: AbortSignal.timeout(deadlineMs),
        ...(method === "POST" ? { body: JSON.stringify(request), headers: JSON_HEADERS } : {}),
      });
      const text = await response.text();
      if (!response.ok) throw new RemoteError(errorOf(text, name));
      return text;
    } catch (thrown) {
      throw translate(thrown, this.socket, deadlineMs);
    }
  }
}

/** The table again, in a form that keeps what belongs to one route together. */
const RESPONSES: {
  readonly [Name in RouteName]: { readonly response: z.ZodType<RouteResponse<Name>> };
} = ROUTES;

const LINES: { readonly [Name in StreamName]: { readonly line: z.ZodType<StreamLine<Name>> } } =
  STREAMS;

/** The lines of a body, without the empty ones that only keep it alive. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  for await (const chunk of body) {
    // A long line comes in many chunks: they are joined once, when it ends.
    const [head = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    pieces.push(head);
    for (const start of rest) {
      const line = pieces.join("");
      if (line !== "") yield line;
      pieces = [start];
    }
  }
  const last = pieces.join("");
  if (last !== "") yield last;
}

const JSON_HEADERS = { "content-type": "application/json" };

const errorOf = (text: string, name: RouteName | StreamName | FileName) =>
  parseJson(ErrorAnswer, text, `the manager's refusal of ${name}`).error;

function queryOf(request: object): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request)) {
    if (value !== undefined) query.set(key, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** What `fetch` throws, in words; what was said in our words already, as it is. */
function translate(thrown: unknown, socket: string, deadlineMs: number): unknown {
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") {
    return new ManagerHangsError(socket, deadlineMs, thrown);
  }
  if (thrown instanceof KumbhError || !(thrown instanceof Error) || !("code" in thrown)) {
    return thrown;
  }
  switch (thrown.code) {
    case "ENOENT":
    case "ENOTDIR":
    case "ECONNREFUSED":
      return new ManagerNotRunningError(socket, thrown);
    case "EACCES":
      return new SocketForbiddenError(socket, thrown);
    default:
      return new ManagerBrokeOffError(socket, thrown);
  }
}
