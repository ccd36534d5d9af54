/** The control API as functions: HTTP over the manager's Unix socket, every request with a deadline. */
import { z } from "zod";
import {
  ManagerBrokeOffError,
  ManagerHangsError,
  OtherVersionError,
  SocketForbiddenError,
} from "#cli/client-errors.ts";
import {
  ErrorAnswer,
  type Ping,
  ROUTES,
  type RouteName,
  type RouteRequest,
  type RouteResponse,
} from "#shared/control-api.ts";
import { KumbhError, ManagerNotRunningError, RemoteError } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
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
  down: WORK_MS,
};

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
    const text = await this.#fetch(name, request);
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

const JSON_HEADERS = { "content-type": "application/json" };

const errorOf = (text: string, name: RouteName) =>
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
