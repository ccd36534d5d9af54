/** What the exchange tells of the one account behind the fleet: its fills, one subscription for all. */
import type { Connection } from "#manager/market/connection.ts";
import { MarketClosedError } from "#manager/market/errors.ts";
import {
  type FillEffect,
  type FillEvent,
  type FillSync,
  newFillSync,
  stepFills,
} from "#manager/market/fill-sync.ts";
import type { PushedFills } from "#manager/market/frame.ts";
import type { Info } from "#manager/market/info.ts";
import { type ChannelKey, channelKey } from "#manager/market/subscriptions.ts";
import { unreachable } from "#shared/assert.ts";
import type { Clock, Timer, UnixMs } from "#shared/clock.ts";
import { messageOf } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";
import type { Fill } from "#shared/order.ts";

/**
 * How far before now an account is looked at that was never watched, in ms of the exchange. The
 * exchange's time is asked when its first order is on its way already, and perhaps filled.
 */
const FIRST_LOOK_BACK_MS = 86_400_000;
/** Delay before the exchange's time is asked for again, in ms. */
const TIME_RETRY_MS = 2000;

/** What is to be written down, in one piece. */
export interface TakenFills {
  /** The account's address, in small letters. */
  readonly account: string;
  /** By time, then trade id. Some may have been taken before. */
  readonly fills: readonly Fill[];
  /** Exchange time up to which every fill of the account has been taken. */
  readonly fetchedUntilMs: UnixMs;
}

export interface FillWatch {
  readonly account: string;
  /** As it was last taken; null when the account has never been watched. */
  readonly fetchedUntilMs: UnixMs | null;
  /** Called with every fill, from before this call on; synchronously, must not throw. */
  take(taken: TakenFills): void;
}

export interface UserEventsOptions {
  readonly connection: Connection;
  readonly info: Info;
  readonly clock: Clock;
  readonly log: Log;
}

export class UserEvents {
  readonly #options: UserEventsOptions;
  #watching: Watching | undefined;

  constructor(options: UserEventsOptions) {
    this.#options = options;
    options.connection.listen({
      fills: (pushed) => this.#watching?.pushed(pushed),
      subscribed: (key) => this.#watching?.subscribed(key),
      refused: ({ channel, reason }) => {
        if ("user" in channel) options.log.warn("fills refused", { account: channel.user, reason });
      },
      up: () => undefined,
      down: () => this.#watching?.take({ kind: "lost" }),
    });
  }

  /** Watches this account, and no other any more. */
  watch(watch: FillWatch): void {
    this.#watching?.close();
    this.#watching = new Watching(watch, this.#options);
  }

  /** Resolves when all that happened until now has been taken; null when that is so. */
  whenSynced(): Promise<void> | null {
    return this.#watching?.synced?.promise ?? null;
  }

  close(): void {
    this.#watching?.close();
    this.#watching = undefined;
  }
}

/** One account being watched. */
class Watching {
  readonly #watch: FillWatch;
  readonly #options: UserEventsOptions;
  readonly #key: ChannelKey;
  #sync: FillSync | undefined;
  #timer: Timer | undefined;
  #isClosed = false;
  synced: PromiseWithResolvers<void> | null = Promise.withResolvers<void>();

  constructor(watch: FillWatch, options: UserEventsOptions) {
    this.#watch = watch;
    this.#options = options;
    this.#key = channelKey({ user: watch.account });
    if (watch.fetchedUntilMs === null) void this.#findBeginning();
    else this.#begin(watch.fetchedUntilMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#options.connection.unsubscribe({ user: this.#watch.account });
    this.synced?.resolve();
    this.synced = null;
  }

  pushed({ user, isSnapshot, fills, problem }: PushedFills): void {
    if (user !== this.#watch.account) return;
    this.#complain(problem);
    this.take({ kind: "pushed", isSnapshot, fills });
  }

  subscribed(key: ChannelKey): void {
    if (key === this.#key) this.take({ kind: "subscribed" });
  }

  take(event: FillEvent): void {
    if (this.#sync === undefined || this.#isClosed) return;
    const { sync, effects } = stepFills(this.#sync, event);
    this.#sync = sync;
    for (const effect of effects) this.#carryOut(effect);
    this.#tellSynced(sync);
  }

  /** Nothing of the account is known: what happened from about now on is looked for. */
  async #findBeginning(): Promise<void> {
    const { info, log } = this.#options;
    try {
      const { exchangeMs } = await info.time();
      if (this.#isClosed) return;
      const fromMs = Math.max(0, exchangeMs - FIRST_LOOK_BACK_MS);
      this.#watch.take({ account: this.#watch.account, fills: [], fetchedUntilMs: fromMs });
      this.#begin(fromMs);
    } catch (error) {
      if (this.#isClosed || error instanceof MarketClosedError) return;
      log.warn("the exchange's time is not known, fills are not watched yet", {
        problem: messageOf(error),
      });
      this.#wakeAfter(TIME_RETRY_MS, () => void this.#findBeginning());
    }
  }

  #begin(fetchedUntilMs: UnixMs): void {
    this.#sync = newFillSync(fetchedUntilMs);
    this.#options.connection.subscribe({ user: this.#watch.account });
  }

  #carryOut(effect: FillEffect): void {
    switch (effect.kind) {
      case "fetch":
        return void this.#fetch(effect.request, effect.fromMs);
      case "take": {
        const { fills, fetchedUntilMs } = effect;
        return this.#watch.take({ account: this.#watch.account, fills, fetchedUntilMs });
      }
      case "wake":
        return this.#wakeAfter(effect.afterMs, () => this.take({ kind: "woke" }));
      default:
        return unreachable(effect, "effect of the fills");
    }
  }

  async #fetch(request: number, fromMs: UnixMs): Promise<void> {
    const { info, log } = this.#options;
    try {
      const { fills, isFull, problem } = await info.fills(this.#watch.account, fromMs);
      this.#complain(problem);
      this.take({ kind: "fetched", request, page: { fromMs, fills, isFull } });
    } catch (error) {
      if (this.#isClosed || error instanceof MarketClosedError) return;
      log.warn("fills could not be fetched", { problem: messageOf(error) });
      this.take({ kind: "failed", request });
    }
  }

  #wakeAfter(delayMs: number, wake: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, wake);
  }

  #complain(problem: string | null): void {
    if (problem !== null) this.#options.log.warn("a fill cannot be read", { problem });
  }

  #tellSynced({ phase }: FillSync): void {
    if (phase.kind === "live") {
      this.synced?.resolve();
      this.synced = null;
    } else {
      this.synced ??= Promise.withResolvers<void>();
    }
  }
}
