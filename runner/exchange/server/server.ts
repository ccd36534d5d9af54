/** HTTP and WebSocket on loopback: the shell around the exchange. */

import type { Exchange } from "#runner/exchange/exchange.ts";
import { answerInfo } from "#runner/exchange/info.ts";
import { Connection } from "#runner/exchange/server/connection.ts";
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
    }
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
    if (pathname === "/ws") return this.#upgrade(request, server);
    if (request.method !== "POST") return new Response("Not Found", { status: 404 });
    if (pathname === "/info") return await this.#info(request);
    if (pathname === "/exchange") return await this.#exchange(request);
    return new Response("Not Found", { status: 404 });
  }

  #upgrade(request: Request, server: Bun.Server<Connection>): Response | undefined {
    const { clock, limits } = this.#parts;
    const ip = server.requestIP(request)?.address ?? HOST;
    const usage = this.#usages.get(ip) ?? new Usage(limits);
    this.#usages.set(ip, usage);
    if (!usage.open(clock.monotonic())) return new Response("null", { status: 429 });
    if (server.upgrade(request, { data: new Connection(usage, clock) })) return undefined;
    usage.connections--;
    return new Response("Upgrade Required", { status: 426 });
  }

  async #info(request: Request): Promise<Response> {
    const body = await readJson(request);
    if (body.kind === "unreadable") return UNREADABLE();
    this.#parts.advance();
    const answer = answerInfo(this.#parts.exchange, body.value);
    return answer.kind === "answer" ? Response.json(answer.body) : MALFORMED();
  }

  async #exchange(request: Request): Promise<Response> {
    const { clock, advance, exchange } = this.#parts;
    const body = await readJson(request);
    if (body.kind === "unreadable") return UNREADABLE();
    const answer = await exchange.act(body.value, { wallMs: () => clock.now(), advance });
    return answer.kind === "answer" ? Response.json(answer.body) : MALFORMED();
  }
}

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
