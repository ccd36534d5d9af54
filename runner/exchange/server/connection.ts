/** One client's WebSocket, and what it has subscribed to. */

import type { Usage } from "#runner/exchange/server/gate.ts";
import type { Subscription, TopicName } from "#runner/exchange/server/subscription.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";

/** The part of a socket that we use. */
export interface Socket {
  send(frame: string): number;
  terminate(): void;
  close(code: number, reason: string): void;
}

export class Connection {
  /** Shared with the other connections of its IP address. */
  readonly usage: Usage;
  readonly subscriptions = new Map<TopicName, Subscription>();
  readonly #clock: Clock;
  readonly #openedMs: MonotonicMs;
  #isMute = false;
  #socket: Socket | undefined;
  #sentMs: MonotonicMs;

  constructor(usage: Usage, clock: Clock) {
    this.usage = usage;
    this.#clock = clock;
    this.#sentMs = clock.monotonic();
    this.#openedMs = this.#sentMs;
  }

  /** For how long it has been open. */
  get ageMs(): number {
    return this.#clock.monotonic() - this.#openedMs;
  }

  /** When something was last sent to it. */
  get sentMs(): MonotonicMs {
    return this.#sentMs;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  detach(): void {
    this.#socket = undefined;
  }

  send(frame: string): void {
    this.#sentMs = this.#clock.monotonic();
    if (!this.#isMute) this.#socket?.send(frame);
  }

  sendJson(channel: string, data: unknown): void {
    this.send(JSON.stringify({ channel, data }));
  }

  sendError(text: string): void {
    this.sendJson("error", text);
  }

  /** From now on the client hears nothing, though the connection stands. */
  mute(): void {
    this.#isMute = true;
  }

  /** Ends it without a word. */
  cut(): void {
    this.#socket?.terminate();
  }

  close(reason: string): void {
    this.#socket?.close(1000, reason);
  }
}
