/** A manager that says what it is told to: the control API on a Unix socket, without anything behind it. */
import { rmSync } from "node:fs";
import type { z } from "zod";
import { ROUTES, type RouteName, type RouteResponse } from "#shared/control-api.ts";
import { errorBodyOf } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
import { PROTOCOL } from "#shared/version.ts";
import { REPORT } from "#test/support/backtest-report.ts";
import { DETAIL, ENGINE, EVENTS, FLEET, MANAGER, PLAN } from "#test/support/fleet-fixtures.ts";

type Request<Name extends RouteName> = z.output<(typeof ROUTES)[Name]["request"]>;

/** What each route answers; a `Response` goes out as it is, what is thrown as an error's answer. */
export type Answers = {
  readonly [Name in RouteName]: (
    request: Request<Name>,
  ) => RouteResponse<Name> | Response | Promise<RouteResponse<Name> | Response>;
};

const done = (names: readonly string[], what: string) => ({
  done: names.map((name) => ({ name, what })),
  warnings: [],
});

const NOTHING_PUT = { added: 0, replaced: 0, same: 0, kept: 0 };

const ANSWERS: Answers = {
  ping: () => ({ protocol: PROTOCOL, manager: MANAGER }),
  list: () => FLEET,
  show: () => DETAIL,
  history: ({ limit }) => ({ events: EVENTS.slice(0, limit) }),
  monitor: ({ limit }) => ({ ...FLEET, engine: ENGINE, events: EVENTS.slice(0, limit) }),
  plan: () => PLAN,
  apply: () => done(["btc-trend", "sol-grid"], "started"),
  check: () => ({ ...PLAN, id: null }),
  add: ({ entry }) => done([entry.name ?? "from-class"], "added"),
  start: ({ names }) => done(names, "started"),
  stop: ({ names }) => done(names, "stopped"),
  restart: ({ names }) => done(names, "restarted"),
  remove: ({ names }) => done(names, "removed"),
  params: () => ({ meta: REPORT.strategy, schema: {}, params: {} }),
  backtests: () => ({ backtests: [] }),
  backtest: () => REPORT,
  removeBacktests: () => ({}),
  down: () => ({}),
  candles: () => ({ series: [], funding: [] }),
  readCandles: () => ({ rows: "", nextMs: null }),
  importCandles: () => NOTHING_PUT,
  importFunding: () => NOTHING_PUT,
  recorded: () => ({ feeds: [] }),
  record: () => ({ feeds: [] }),
  unrecord: () => ({ feeds: [] }),
};

/** One request as it arrived. */
export interface Asked {
  readonly name: RouteName;
  readonly request: unknown;
}

export class FakeManager implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly socket: string;
  readonly #answers: Answers;
  readonly #server: Bun.Server<undefined>;

  constructor(socket: string, answers: Partial<Answers> = {}) {
    this.socket = socket;
    this.#answers = { ...ANSWERS, ...answers };
    this.#server = Bun.serve({
      unix: socket,
      fetch: async (request) => await this.#fetch(request),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
    rmSync(this.socket, { force: true });
  }

  async #fetch(request: globalThis.Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    for (const name of ROUTE_NAMES) {
      const { method, path } = ROUTES[name];
      if (method !== request.method || path !== pathname) continue;
      const text =
        method === "GET" ? JSON.stringify(Object.fromEntries(searchParams)) : await request.text();
      return await this.#answer(name, this.#answers, text);
    }
    return new Response("no such route", { status: 404 });
  }

  async #answer<Name extends RouteName>(
    name: Name,
    answers: Pick<Answers, Name>,
    text: string,
  ): Promise<Response> {
    try {
      const requests: { readonly [N in RouteName]: { readonly request: z.ZodType<Request<N>> } } =
        ROUTES;
      const request = parseJson(requests[name].request, text, `a request of ${name}`);
      this.asked.push({ name, request });
      const answer = await answers[name](request);
      return answer instanceof Response ? answer : Response.json(answer);
    } catch (thrown) {
      const error = errorBodyOf(thrown);
      return Response.json({ error }, { status: error.exitCode === 2 ? 400 : 409 });
    }
  }
}

const ROUTE_NAMES: readonly RouteName[] = [
  "ping",
  "list",
  "show",
  "history",
  "monitor",
  "plan",
  "apply",
  "check",
  "add",
  "start",
  "stop",
  "restart",
  "remove",
  "params",
  "backtests",
  "backtest",
  "removeBacktests",
  "down",
];
