/** The WebSocket to the exchange: kept open, its frames read once, its subscriptions kept up. */
import { WebSocketTransport } from "@nktkas/hyperliquid";
import { type PushedFills, readFrame, type Word } from "#manager/market/frame.ts";
import {
  type Channel,
  type ChannelKey,
  type Refusal,
  Subscriptions,
} from "#manager/market/subscriptions.ts";
import { unreachable } from "#shared/assert.ts";
import type { Candle } from "#shared/candle.ts";
import type { Clock, MonotonicMs, Timer } from "#shared/clock.ts";
import type { Endpoints } from "#shared/config.ts";
import type { Log } from "#shared/log.ts";
import type { Random } from "#shared/random.ts";

/**
 * A ping this often, and a new connection when one is unanswered for so long, in ms: a dead
 * connection shows no other sign. (The exchange closes one to which it has sent nothing for a minute.)
 */
const PING_EVERY_MS = 10_000;
const PONG_MS_MAX = 5000;
/** Delay before a connection is tried again, doubled with each failure, in ms: at most 30 a minute are allowed. */
const RECONNECT_MS_MIN = 150;
const RECONNECT_MS_MAX = 10_000;
/** How long a connection may take to open, and stays open before its failures are forgotten, in ms. */
const OPEN_MS_MAX = 10_000;
const STABLE_MS = 3000;

const PING = '{"method":"ping"}';

/** Who hears what the exchange says; each tells by its key what is its own. */
export interface ConnectionListener {
  candle?(candle: Candle): void;
  fills?(pushed: PushedFills): void;
  subscribed(key: ChannelKey): void;
  refused(refusal: Refusal): void;
  up(): void;
  /** It was lost, or could not be made: said once until it is up. */
  down(reason: string): void;
  /** After every frame. */
  heard?(): void;
}

export interface ConnectionOptions {
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #transport: WebSocketTransport;
  readonly #subscriptions: Subscriptions;
  readonly #listeners: ConnectionListener[] = [];
  #timer: Timer | undefined;
  #state: "new" | "up" | "down" | "closed" = "new";
  #heardMs: MonotonicMs = Number.NEGATIVE_INFINITY;
  #frames = 0;
  #malformed = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#subscriptions = new Subscriptions(options.random);
    this.#transport = new WebSocketTransport({
      url: options.endpoints.ws,
      isTestnet: options.endpoints.isTestnet,
      keepAlive: { interval: PING_EVERY_MS, timeout: PONG_MS_MAX },
      reconnect: {
        connectionTimeout: OPEN_MS_MAX,
        stableTimeout: STABLE_MS,
        // What could not be sent is stale on the next connection: all is subscribed anew there.
        maxEnqueuedMessages: 0,
        reconnectionDelay: (attempt) => this.#reconnectDelayMs(attempt),
      },
    });
    const { socket } = this.#transport;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("close", (event) => this.#lost(closeReason(event)));
    socket.addEventListener("message", (event) => this.#received(event), { capture: true });
  }

  get isUp(): boolean {
    return this.#state === "up";
  }

  /** When the exchange last said anything on the present connection. */
  get heardMs(): MonotonicMs {
    return this.#heardMs;
  }

  /** Frames received since the start. */
  get frames(): number {
    return this.#frames;
  }

  /** From here on the listener hears all that is said, and all that becomes of the connection. */
  listen(listener: ConnectionListener): void {
    this.#listeners.push(listener);
  }

  subscribe(channel: Channel): void {
    this.#subscriptions.want(channel, this.#options.clock.monotonic());
    this.#poll();
  }

  unsubscribe(channel: Channel): void {
    this.#subscriptions.unwant(channel);
    this.#poll();
  }

  /** Leaves and takes a channel again; `subscribed` is said once more. */
  renew(channel: Channel): void {
    this.#subscriptions.renew(channel, this.#options.clock.monotonic());
    this.#poll();
  }

  /** Makes the exchange say something. */
  ping(): void {
    if (this.isUp) this.#transport.socket.send(PING);
  }

  close(): void {
    this.#state = "closed";
    this.#timer?.cancel();
    this.#transport.close();
  }

  #opened(): void {
    if (this.#state === "closed") return;
    this.#state = "up";
    this.#malformed = 0;
    this.#subscriptions.opened(this.#options.clock.monotonic());
    for (const listener of this.#listeners) listener.up();
    this.#poll();
  }

  #lost(reason: string): void {
    if (this.#state === "closed" || this.#state === "down") return;
    const neverUp = this.#state === "new";
    this.#state = "down";
    this.#heardMs = Number.NEGATIVE_INFINITY;
    this.#subscriptions.closed();
    this.#timer?.cancel();
    const said = neverUp ? `cannot connect to ${this.#options.endpoints.ws}` : reason;
    for (const listener of this.#listeners) listener.down(said);
  }

  #received(event: MessageEvent): void {
    if (this.#state === "closed") return;
    this.#heardMs = this.#options.clock.monotonic();
    this.#frames += 1;
    const word = readFrame(event.data);
    // The SDK parses each frame a second time, and throws at an error text that echoes half a
    // message; of what is ours it needs nothing but the pongs.
    if (word.kind !== "other") event.stopImmediatePropagation();
    this.#take(word);
    for (const listener of this.#listeners) listener.heard?.();
  }

  #take(word: Word): void {
    switch (word.kind) {
      case "candle":
        for (const listener of this.#listeners) listener.candle?.(word.candle);
        return;
      case "fills":
        for (const listener of this.#listeners) listener.fills?.(word.pushed);
        return;
      case "confirmed":
        if (!this.#subscriptions.confirmed(word.key)) return;
        for (const listener of this.#listeners) listener.subscribed(word.key);
        return;
      case "refused":
        return this.#refused(word.key, word.reason);
      case "complaint":
        this.#options.log.warn("the exchange complained", { text: word.text });
        return this.#subscriptions.complained(word.text);
      case "other":
        return;
      case "malformed":
        // Once a connection: a flood of them would fill the log.
        if (this.#malformed === 0) {
          this.#options.log.warn("a frame of the exchange cannot be read", {
            problem: word.problem,
          });
        }
        this.#malformed += 1;
        return;
      default:
        return unreachable(word, "word of the exchange");
    }
  }

  #refused(key: ChannelKey, reason: string): void {
    const refusal = this.#subscriptions.refused(key, reason, this.#options.clock.monotonic());
    if (refusal === undefined) return;
    for (const listener of this.#listeners) listener.refused(refusal);
    this.#poll();
  }

  /** Sends what is due, and comes back when more is. */
  #poll(): void {
    if (this.#state !== "up") return;
    const { clock } = this.#options;
    this.#timer?.cancel();
    const { send, refusals, nextAtMs } = this.#subscriptions.poll(clock.monotonic());
    for (const { method, channel } of send) {
      this.#transport.socket.send(JSON.stringify({ method, subscription: toWire(channel) }));
    }
    if (nextAtMs !== null) {
      this.#timer = clock.after(nextAtMs - clock.monotonic(), () => this.#poll());
    }
    for (const refusal of refusals) {
      for (const listener of this.#listeners) listener.refused(refusal);
    }
  }

  /** Half of it is chance, so that a fleet of managers does not come back in one moment. */
  #reconnectDelayMs(attempt: number): number {
    const delayMs = Math.min(RECONNECT_MS_MIN * 2 ** attempt, RECONNECT_MS_MAX);
    return delayMs * (0.5 + this.#options.random() / 2);
  }
}

const toWire = (channel: Channel) =>
  "user" in channel
    ? { type: "userFills", user: channel.user, aggregateByTime: false }
    : { type: "candle", coin: channel.coin, interval: channel.timeframe };

/** Code 1006 is no word of the exchange: the connection broke, or was never made. */
function closeReason(event: CloseEvent): string {
  const said = event.reason === "" ? "" : ` "${event.reason}"`;
  return event.code === 1006 ? `broken off${said}` : `closed by the exchange, ${event.code}${said}`;
}
