/** HTTP and WebSocket on loopback: the shell around the exchange. */

import type { Exchange } from "#runner/exchange/exchange.ts";
import { answerInfo } from "#runner/exchange/info.ts";
import { Connection } from "#runner/exchange/server/connection.ts";
import { answerControl } from "#runner/exchange/server/control.ts";
import { garbled } from "#runner/exchange/server/garble.ts";
import { Usage } from "#runner/exchange/server/gate.ts";
import type { SimLimits, SimPacing } from "#runner/exchange/server/limits.ts";
import { Protocol } from "#runner/exchange/server/protocol.ts";
import { Push } from "#runner/exchange/server/push.ts";
import { Topics } from "#runner/exchange/server/topics.ts";
import { PortTakenError } from "#runner/exchange/sim-errors.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";

const HOST = "127.0.0.1";
/** Largest request, in bytes: a batch of 200 orders is about 40 000. */
const REQUEST_BYTES_MAX = 1_000_000;
/** A client that reads so slowly that this much waits for it is cut off, in bytes. */
const BACKLOG_BYTES_MAX = 16_000_000;

export interface ServerParts {
  readonly exchange: Exchange;
  readonly port: number;
  readonly limits: SimLimits;
  readonly pacing: SimPacing;
  readonly clock: Clock;
  /** Brings the market up to now. */
  readonly advance: () => void;
}

export class ExchangeServer {
  readonly #parts: ServerParts;
  readonly #topics = new Topics();
  readonly #push: Push;
  readonly #protocol: Protocol;
  readonly #usages = new Map<string, Usage>();
  readonly #connections = new Set<Connection>();
  readonly #server: Bun.Server<Connection>;

  /** Listens at once. Throws `PortTakenError`. */
  constructor(parts: ServerParts) {
    const { exchange, limits, pacing, clock, advance } = parts;
    this.#parts = parts;
    this.#push = new Push(exchange, this.#topics, pacing, clock);
    this.#protocol = new Protocol({
      exchange,
      topics: this.#topics,
      push: this.#push,
      limits,
      clock,
      advance,
      delay: async () => await this.#delay(),
    });
    exchange.listen(this.#push);
    this.#server = this.#listen();
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get address(): { readonly http: string; readonly ws: string } {
    const host = `${HOST}:${this.port}`;
    return { http: `http://${host}`, ws: `ws://${host}/ws` };
  }

  /** Sends what is due to subscribers, and closes connections to which nothing was sent for too long. */
  flush(): void {
    this.#push.flush();
    const silentSince: MonotonicMs =
      this.#parts.clock.monotonic() - this.#parts.limits.silenceMsMax;
    for (const connection of this.#connections) {
      if (connection.sentMs < silentSince) connection.close("Inactive");
      this.#age(connection);
    }
  }

  /** What becomes of a connection that has been open too long for the faults that are on. */
  #age(connection: Connection): void {
    const { faults } = this.#parts.exchange;
    const isPast = (name: "drop" | "expire" | "mute"): boolean =>
      connection.ageMs >= 1000 * (faults.valueOf(name) ?? Number.POSITIVE_INFINITY);
    if (isPast("mute")) connection.mute();
    if (isPast("drop")) connection.cut();
    else if (isPast("expire")) connection.close("Expired");
  }

  async #delay(): Promise<void> {
    const delayMs = this.#parts.exchange.faults.valueOf("slow");
    if (delayMs === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parts.clock.after(delayMs, resolve);
    await promise;
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }

  #listen(): Bun.Server<Connection> {
    try {
      return Bun.serve<Connection>({
        hostname: HOST,
        port: this.#parts.port,
        maxRequestBodySize: REQUEST_BYTES_MAX,
        fetch: async (request, server) => await this.#fetch(request, server),
        websocket: {
          maxPayloadLength: REQUEST_BYTES_MAX,
          backpressureLimit: BACKLOG_BYTES_MAX,
          closeOnBackpressureLimit: true,
          // The exchange counts its own silence, not the client's.
          idleTimeout: 0,
          open: (socket) => {
            socket.data.attach(socket);
            this.#connections.add(socket.data);
          },
          message: async (socket, message) => {
            await this.#protocol.receive(socket.data, String(message));
          },
          close: (socket) => {
            socket.data.detach();
            this.#connections.delete(socket.data);
            this.#protocol.release(socket.data);
          },
        },
      });
    } catch (cause) {
      throw new PortTakenError(this.#parts.port, cause);
    }
  }

  async #fetch(request: Request, server: Bun.Server<Connection>): Promise<Response | undefined> {
    const { pathname } = new URL(request.url);
    const { faults } = this.#parts.exchange;
    if (pathname === "/ws") return this.#upgrade(request, server);
    if (pathname === "/control/faults") return await answerControl(request, faults);
    if (request.method !== "POST") return new Response("Not Found", { status: 404 });
    await this.#delay();
    if (faults.strikes("rate-limit")) return TOO_MANY();
    if (pathname === "/info" && faults.strikes("rate-limit-info")) return TOO_MANY();
    if (pathname === "/info") return await this.#info(request);
    if (pathname === "/exchange") return await this.#exchange(request);
    return new Response("Not Found", { status: 404 });
  }

  #upgrade(request: Request, server: Bun.Server<Connection>): Response | undefined {
    const { clock, limits, exchange } = this.#parts;
    if (exchange.faults.strikes("refuse-upgrade")) {
      return new Response("Service Unavailable", { status: 503 });
    }
    const ip = server.requestIP(request)?.address ?? HOST;
    const usage = this.#usages.get(ip) ?? new Usage(limits);
    this.#usages.set(ip, usage);
    if (!usage.open(clock.monotonic())) return TOO_MANY();
    if (server.upgrade(request, { data: new Connection(usage, clock) })) return undefined;
    usage.connections--;
    return new Response("Upgrade Required", { status: 426 });
  }

  async #info(request: Request): Promise<Response> {
    const body = await readJson(request);
    if (body.kind === "unreadable") return UNREADABLE();
    this.#parts.advance();
    const answer = answerInfo(this.#parts.exchange, body.value);
    if (answer.kind !== "answer") return MALFORMED();
    const isGarbled = this.#parts.exchange.faults.strikes("garbled");
    return Response.json(isGarbled ? garbled(answer.body) : answer.body);
  }

  async #exchange(request: Request): Promise<Response> {
    const { clock, advance, exchange } = this.#parts;
    const body = await readJson(request);
    if (body.kind === "unreadable") return UNREADABLE();
    const answer = await exchange.act(body.value, { wallMs: () => clock.now(), advance });
    if (answer.kind !== "answer") return MALFORMED();
    const isGarbled = exchange.faults.strikes("garbled-actions");
    return Response.json(isGarbled ? garbled(answer.body) : answer.body);
  }
}

/** As the exchange's gateway says it. */
const TOO_MANY = (): Response => new Response("null", { status: 429 });

const MALFORMED = (): Response =>
  new Response("Failed to deserialize the JSON body into the target type", {
    status: 422,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });

const UNREADABLE = (): Response =>
  new Response("Failed to parse the request body as JSON", {
    status: 400,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });

type Body = { readonly kind: "json"; readonly value: unknown } | { readonly kind: "unreadable" };

async function readJson(request: Request): Promise<Body> {
  try {
    const value: unknown = await request.json();
    return { kind: "json", value };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { kind: "unreadable" };
    throw thrown;
  }
}
