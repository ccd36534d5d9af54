/** The control socket as a stranger meets it: every kind of bad request, and who may bind it. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Archive } from "#manager/archive/archive.ts";
import { openHistory } from "#manager/archive/history.ts";
import { backtestFiles, backtestHandlers, backtestStreams } from "#manager/backtest/answers.ts";
import { Backtests } from "#manager/backtest/backtests.ts";
import { CodeStore } from "#manager/code-store.ts";
import { readConfig } from "#manager/config-file.ts";
import { createHandlers } from "#manager/control/handlers.ts";
import {
  type Answers,
  type ControlServer,
  SocketTakenError,
  SocketUnusableError,
  serveControl,
} from "#manager/control/server.ts";
import { Fleet } from "#manager/fleet.ts";
import { BacktestStore } from "#manager/store/backtest-store.ts";
import { openDatabase } from "#manager/store/database.ts";
import { EventStore } from "#manager/store/event-store.ts";
import { RunStore } from "#manager/store/run-store.ts";
import { systemClock } from "#shared/clock.ts";
import { ErrorAnswer, FILES, REQUEST_BYTES_MAX, ROUTES } from "#shared/control-api.ts";
import { STREAMS } from "#shared/control-streams.ts";
import { createLog } from "#shared/log.ts";
import { seededRandom } from "#shared/random.ts";
import { fakePast } from "#test/support/archives.ts";
import { ENGINE } from "#test/support/fleet-fixtures.ts";
import { FakeMarket, type Supervised, supervise } from "#test/support/supervised.ts";
import { num, oneOf, str, table } from "#test/support/table.ts";

const quiet = createLog(Date.now, () => undefined);
const network = "testnet" as const;
const manager = () => ({
  pid: 1,
  version: "0",
  network,
  startedAt: 0,
  socket: "x",
  warnings: [],
  budget: { usedWeight: 0, limitWeight: 1200, waiting: 0, backingOffUntil: null },
});

interface AnyRoute {
  readonly method: string;
  readonly path: string;
}
const EVERY_ROUTE: readonly AnyRoute[] = [ROUTES, STREAMS, FILES].flatMap((routes) =>
  Object.values<AnyRoute>(routes),
);
const nameOf = ({ method, path }: AnyRoute): string => `${method} ${path}`;

async function notAsked(): Promise<never> {
  return await Promise.reject(new Error("nobody asks this exchange"));
}

let world: Supervised;
let server: ControlServer;
let socket: string;
let events: EventStore;

const engine = () => ENGINE;

function answers(): Answers {
  const db = openDatabase(":memory:");
  events = new EventStore(db, 1000);
  const fleet = new Fleet({
    ...world,
    events,
    runs: new RunStore(db),
    runner: "none",
    code: new CodeStore(world.home.strategies),
    clock: systemClock,
    network,
    account: null,
  });
  const archive = new Archive({
    path: join(world.home.root, "archive.db"),
    place: "testnet",
    clock: systemClock,
    log: quiet,
  });
  const market = Object.assign(new FakeMarket(), {
    past: fakePast(null).past,
    accounts: { userRole: notAsked, extraAgents: notAsked },
  });
  const config = readConfig(world.home.config);
  const history = openHistory({ archive, market, config, clock: systemClock, log: quiet });
  const backtests = new Backtests({
    ...world,
    runner: "none",
    liveRunner: () => "none",
    source: history.snapshots,
    backtestStore: new BacktestStore(db),
    events,
    clock: systemClock,
  });
  const own = createHandlers({ manager, engine, fleet, events, shutDown: () => undefined });
  return {
    handlers: new Map([...own, ...history.handlers, ...backtestHandlers(backtests)]),
    streams: new Map([...history.streams, ...backtestStreams(backtests)]),
    files: new Map(backtestFiles(backtests)),
  };
}

beforeEach(async () => {
  world = supervise();
  socket = join(world.home.root, "test.sock");
  server = await serveControl(socket, answers(), quiet);
});

afterEach(async () => {
  await server.close();
  await world[Symbol.asyncDispose]();
});

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error;
  }
}

const ask = async (method: string, path: string, body?: string): Promise<Response> =>
  await fetch(`http://kumbh${path}`, {
    unix: socket,
    method,
    ...(body === undefined ? {} : { body }),
  });

test("every route has its handler", () => {
  const { handlers, streams, files } = answers();
  const served = [...handlers.keys(), ...streams.keys(), ...files.keys()];
  expect(served.toSorted()).toEqual(EVERY_ROUTE.map(nameOf).toSorted());
});

test("the socket is its owner's alone, and goes with the server", async () => {
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  await server.close();
  expect(existsSync(socket)).toBe(false);
  server = await serveControl(socket, answers(), quiet);
});

test.each(
  table(
    { method: oneOf("GET", "POST", "DELETE"), path: str, body: str, status: num, code: str },
    `
    method  path            body                    status  code
    GET     /v1/nothing     -                          404  unknown_route
    GET     /               -                          404  unknown_route
    DELETE  /v1/strategies  -                          404  unknown_route
    POST    /v1/strategies  {}                         404  unknown_route
    GET     /v1/show        -                          400  malformed
    GET     /v1/show?name=x  -                         409  unknown_strategy
    GET     /v1/events?limit=0    -                    400  malformed
    GET     /v1/events?limit=ten  -                    400  malformed
    POST    /v1/start       -                          400  malformed
    POST    /v1/start       {"names"                   400  malformed
    POST    /v1/start       {"names":[]}               400  malformed
    POST    /v1/start       {"names":"all"}            400  malformed
    POST    /v1/start       {"names":["x"]}            409  unknown_strategy
    POST    /v1/remove      {"names":["x"]}            400  malformed
    POST    /v1/apply       {"id":"gone"}              409  plan_gone
    POST    /v1/plan        {"entries":[{}]}           400  malformed
    POST    /v1/add         null                       400  malformed
    `,
  ),
)("$method $path $body is answered $status $code", async (row) => {
  const response = await ask(row.method, row.path, row.body === "-" ? undefined : row.body);
  const { error } = ErrorAnswer.parse(await response.json());
  expect(error.code).toBe(row.code);
  expect(response.status).toBe(row.status);
  expect(error.message.length).toBeGreaterThan(5);
  expect(error.remedy.length).toBeGreaterThan(5);
});

test("a body over the limit is refused, and the next request is answered", async () => {
  const response = await ask("POST", "/v1/start", "x".repeat(REQUEST_BYTES_MAX + 1));
  expect(response.status).toBe(413);
  expect((await ask("GET", "/v1/ping")).status).toBe(200);
});

test("a thousand malformed requests change nothing and stop nothing", async () => {
  const random = seededRandom(5);
  const routes = EVERY_ROUTE.filter(({ path }) => path !== ROUTES.down.path);
  const values = [
    "{}",
    "[]",
    "null",
    '{"names":[1]}',
    '{"entries":[[]]}',
    '{"id":7}',
    "{",
    "\u0000",
    '{"name":{}}',
  ];
  for (let count = 0; count < 1000; count++) {
    const { method, path } = routes[Math.floor(random() * routes.length)] ?? ROUTES.ping;
    const value = values[Math.floor(random() * values.length)] ?? "";
    const query =
      method === "GET"
        ? `?limit=${encodeURIComponent(value)}&name=${encodeURIComponent(value)}`
        : "";
    const response = await ask(method, path + query, method === "GET" ? undefined : value);
    expect([200, 400, 409], `${method} ${path} ${value}`).toContain(response.status);
    await response.text();
  }
  expect((await ask("GET", "/v1/ping")).status).toBe(200);
});

describe("the socket's path", () => {
  test("that somebody listens on is not taken", async () => {
    expect(await thrownBy(serveControl(socket, answers(), quiet))).toBeInstanceOf(SocketTakenError);
    expect((await ask("GET", "/v1/ping")).status).toBe(200);
  });

  test("that is no socket is left alone", async () => {
    const path = join(world.home.root, "precious");
    writeFileSync(path, "precious");
    expect(await thrownBy(serveControl(path, answers(), quiet))).toBeInstanceOf(
      SocketUnusableError,
    );
    expect(existsSync(path)).toBe(true);
  });

  test("that a dead manager left is taken over", async () => {
    const stale = join(world.home.root, "stale.sock");
    const script = `Bun.serve({ unix: ${JSON.stringify(stale)}, fetch: () => new Response() }); process.kill(process.pid, "SIGKILL");`;
    await Bun.spawn([process.execPath, "-e", script]).exited;
    expect(statSync(stale).isSocket()).toBe(true);
    const second = await serveControl(stale, answers(), quiet);
    const answer = await fetch("http://kumbh/v1/ping", { unix: stale });
    expect(answer.status).toBe(200);
    await second.close();
  });
});

test("history tells the oldest event first, the live screen the newest", async () => {
  const first = events.newest(1).at(-1)?.id ?? 0;
  events.append(1, "btc", { kind: "start_asked" });
  events.append(2, "btc", { kind: "stop_asked" });
  const idsOf = async (path: string) => {
    const { events: told } = Told.parse(await (await ask("GET", path)).json());
    return told.map(({ id }) => id - first);
  };
  expect(await idsOf("/v1/events?name=btc&limit=2")).toEqual([1, 2]);
  expect(await idsOf("/v1/monitor?name=btc&limit=2")).toEqual([2, 1]);
});

const Told = z.object({ events: z.array(z.object({ id: z.int() })) });
