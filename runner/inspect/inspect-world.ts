/** The world of a strategy that is only looked at: nothing in it reaches the outside. */
import { Windows } from "#runner/candles.ts";
import { type Hook, type Member, NotHereError } from "#runner/guard.ts";
import type { World } from "#runner/world.ts";
import { systemClock } from "#shared/clock.ts";
import type { Log } from "#shared/log.ts";

export class InspectWorld implements World {
  readonly mode = "live";
  readonly account = null;
  readonly params: unknown;
  readonly log: Log;
  hook: Hook = "constructor";
  readonly #windows = new Windows();

  constructor(params: unknown, log: Log) {
    this.params = params;
    this.log = log;
  }

  now(): number {
    return systemClock.now();
  }

  /** No feed has been taken yet: throws `FeedNotTakenError`, as it would live. */
  candles: World["candles"] = (coin, timeframe) => this.#windows.of(coin, timeframe);

  async subscribe(): Promise<void> {
    return await Promise.reject(this.#notHere("subscribe"));
  }

  async unsubscribe(): Promise<void> {
    return await Promise.reject(this.#notHere("unsubscribe"));
  }

  get trade(): never {
    throw this.#notHere("trade");
  }

  get exchange(): never {
    throw this.#notHere("exchange");
  }

  get info(): never {
    throw this.#notHere("info");
  }

  get db(): never {
    throw this.#notHere("db");
  }

  #notHere(member: Member): NotHereError {
    return new NotHereError(member, this.hook);
  }
}
