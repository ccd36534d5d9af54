/** A real server on loopback that speaks as much of Hyperliquid as feeds and fills need, and fails as told. */
import type { Server, ServerWebSocket } from "bun";
import { z } from "zod";
import { type Candle, type FeedKey, feedKey } from "#shared/candle.ts";
import type { Endpoints } from "#shared/config.ts";
import type { Fill } from "#shared/order.ts";
import { Timeframe } from "#shared/timeframe.ts";
import { fillToWire } from "#test/support/fills.ts";

const Subscription = z.discriminatedUnion("type", [
  z.object({ type: z.literal("candle"), coin: z.string(), interval: Timeframe }),
  z.object({ type: z.literal("userFills"), user: z.string(), aggregateByTime: z.boolean() }),
]);
type Subscription = z.infer<typeof Subscription>;
const Message = z.object({ method: z.string(), subscription: Subscription.optional() });
const InfoRequest = z.object({
  type: z.string(),
  user: z.string().optional(),
  startTime: z.number().optional(),
  req: z
    .object({
      coin: z.string(),
      interval: Timeframe,
      startTime: z.number(),
      endTime: z.number().nullish(),
    })
    .optional(),
});
type InfoRequest = z.infer<typeof InfoRequest>;

/** Fills in a reply of `userFillsByTime` and in a snapshot. */
const FILLS_MAX = 2000;

const JSON_HEADERS = { "content-type": "application/json" };

/** A candle as the exchange writes it. */
export const toWire = (candle: Candle) => ({
  t: candle.openTime,
  T: candle.closeTime - 1,
  s: candle.coin,
  i: candle.timeframe,
  o: String(candle.open),
  c: String(candle.close),
  h: String(candle.high),
  l: String(candle.low),
  v: String(candle.volume),
  n: candle.trades,
});

export class ScriptedExchange {
  /** What REST says. */
  readonly candles = new Map<FeedKey, Candle[]>();
  /** What REST says of every account, oldest first. */
  readonly fills: Fill[] = [];
  coins: readonly string[] = ["BTC", "ETH", "SOL"];
  /** Every request's type, in order. */
  readonly requests: string[] = [];
  /** `subscribe BTC 1m`, `unsubscribe BTC 1m`, `subscribe userFills 0x…`, `ping`, in order. */
  readonly messages: string[] = [];
  /** Connections made so far. */
  connections = 0;
  /** What to answer to a subscription instead of a confirmation; null: nothing. */
  readonly refusals = new Map<FeedKey, string | null>();
  /** Statuses with which the next requests of a type fail. */
  readonly failures = new Map<string, number[]>();
  readonly #nowMs: () => number;
  readonly #sockets = new Set<ServerWebSocket>();
  readonly #subscribed = new Map<ServerWebSocket, Set<FeedKey>>();
  readonly #server: Server<undefined>;

  /** `nowMs`: the exchange's time. */
  constructor(nowMs: () => number, port = 0) {
    this.#nowMs = nowMs;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      fetch: async (request, server) => {
        if (server.upgrade(request)) return undefined;
        return this.#info(InfoRequest.parse(await request.json()));
      },
      websocket: {
        open: (socket) => {
          this.connections += 1;
          this.#sockets.add(socket);
          this.#subscribed.set(socket, new Set());
        },
        close: (socket) => {
          this.#sockets.delete(socket);
          this.#subscribed.delete(socket);
        },
        message: (socket, text) => this.#take(socket, Message.parse(JSON.parse(String(text)))),
      },
    });
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  get endpoints(): Endpoints {
    return endpointsAt(this.port);
  }

  /** Puts the state of a candle into REST, and pushes it to who has subscribed. */
  trade(candle: Candle): void {
    this.record(candle);
    this.push(candle);
  }

  /** Puts the state of a candle into REST alone. */
  record(candle: Candle): void {
    const others = this.#of(feedKey(candle)).filter((one) => one.openTime !== candle.openTime);
    this.candles.set(
      feedKey(candle),
      [...others, candle].toSorted((a, b) => a.openTime - b.openTime),
    );
  }

  /** Pushes a frame alone. */
  push(candle: Candle): void {
    for (const [socket, keys] of this.#subscribed) {
      if (keys.has(feedKey(candle))) this.#send(socket, "candle", toWire(candle));
    }
  }

  /** Puts a fill into REST, and pushes it to who has subscribed. */
  fill(fill: Fill): void {
    this.fills.push(fill);
    this.pushFills([fill]);
  }

  /** Pushes a frame of fills alone. */
  pushFills(fills: readonly Fill[]): void {
    for (const [socket, keys] of this.#subscribed) {
      for (const key of keys) {
        if (!key.startsWith(FILLS_KEY)) continue;
        const user = key.slice(FILLS_KEY.length);
        this.#send(socket, "userFills", { user, fills: fills.map(fillToWire) });
      }
    }
  }

  /** Says anything to everybody. */
  say(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  /** Closes every connection as the exchange does now and then. */
  drop(): void {
    for (const socket of this.#sockets) socket.close(1000, "Expired");
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  count(message: string): number {
    return this.messages.filter((one) => one === message).length;
  }

  asked(type: string): number {
    return this.requests.filter((one) => one === type).length;
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }

  #of(key: FeedKey): Candle[] {
    return this.candles.get(key) ?? [];
  }

  #send(socket: ServerWebSocket, channel: string, data: unknown): void {
    socket.send(JSON.stringify({ channel, data }));
  }

  #take(socket: ServerWebSocket, { method, subscription }: z.infer<typeof Message>): void {
    if (subscription === undefined) {
      this.messages.push(method);
      socket.send('{"channel":"pong"}');
      return;
    }
    const key = keyOf(subscription);
    this.messages.push(`${method} ${key}`);
    const refusal = this.refusals.get(key);
    if (refusal === null) return;
    if (refusal !== undefined) {
      this.#send(socket, "error", refusal);
      return;
    }
    this.#send(socket, "subscriptionResponse", { method, subscription });
    if (method === "unsubscribe") {
      this.#subscribed.get(socket)?.delete(key);
      return;
    }
    this.#subscribed.get(socket)?.add(key);
    if (subscription.type === "userFills") {
      const fills = this.fills.slice(-FILLS_MAX).toReversed().map(fillToWire);
      this.#send(socket, "userFills", { isSnapshot: true, user: subscription.user, fills });
      return;
    }
    const open = this.#of(key).at(-1);
    if (open !== undefined && open.closeTime > this.#nowMs()) this.push(open);
  }

  #info(request: InfoRequest): Response {
    this.requests.push(request.type);
    const status = this.failures.get(request.type)?.shift();
    if (status !== undefined) return new Response("null", { status, headers: JSON_HEADERS });
    switch (request.type) {
      case "exchangeStatus":
        return Response.json({ specialStatuses: null, time: Math.floor(this.#nowMs()) });
      case "meta":
        return Response.json({
          universe: this.coins.map((name) => ({ name, szDecimals: 5, maxLeverage: 40 })),
        });
      case "userFillsByTime": {
        const { startTime = 0 } = request;
        const from = this.fills.filter(({ timeMs }) => timeMs >= startTime);
        return Response.json(from.slice(0, FILLS_MAX).map(fillToWire));
      }
      case "candleSnapshot":
        return Response.json(this.#snapshot(request));
      default:
        return new Response("Failed to deserialize the JSON body into the target type", {
          status: 422,
        });
    }
  }

  #snapshot({ req }: InfoRequest) {
    if (req === undefined) return null;
    const rows = this.#of(feedKey({ coin: req.coin, timeframe: req.interval }));
    const endMs = req.endTime ?? Number.POSITIVE_INFINITY;
    return rows
      .filter((row) => row.closeTime - 1 >= req.startTime && row.openTime <= endMs)
      .map(toWire);
  }
}

const FILLS_KEY = "userFills ";
const keyOf = (subscription: Subscription): FeedKey =>
  subscription.type === "userFills"
    ? `${FILLS_KEY}${subscription.user}`
    : feedKey({ coin: subscription.coin, timeframe: subscription.interval });

export const endpointsAt = (port: number): Endpoints => ({
  isTestnet: true,
  http: `http://127.0.0.1:${port}`,
  ws: `ws://127.0.0.1:${port}/ws`,
});
