/** Coins that the exchange delists while somebody takes their candles: looked for when a feed is in trouble. */
import { MarketClosedError } from "#manager/market/errors.ts";
import type { Instruments } from "#manager/market/instruments.ts";
import type { Coin } from "#shared/candle.ts";
import type { Clock, MonotonicMs } from "#shared/clock.ts";
import { messageOf } from "#shared/errors.ts";
import type { EventBody } from "#shared/event.ts";
import type { Log } from "#shared/log.ts";

/** Least time between two looks, in ms: a storm of troubles must not spend the budget. */
const LOOK_MS_MIN = 30_000;

export interface DelistingsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly instruments: Pick<Instruments, "all">;
  /** Those whose candles somebody takes. */
  readonly coins: () => Iterable<Coin>;
  readonly onEvent: (body: EventBody) => void;
}

export class Delistings {
  readonly #options: DelistingsOptions;
  /** Coins of which a person has been told. */
  readonly #told = new Set<Coin>();
  #lookedMs: MonotonicMs = Number.NEGATIVE_INFINITY;

  constructor(options: DelistingsOptions) {
    this.#options = options;
  }

  /** A feed was refused, fell silent, or lacks a candle: the list of coins may tell why. */
  suspect(): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#lookedMs < LOOK_MS_MIN) return;
    this.#lookedMs = nowMs;
    void this.#look();
  }

  async #look(): Promise<void> {
    const { instruments, coins, onEvent, log } = this.#options;
    try {
      const listed = await instruments.all(0);
      for (const coin of new Set(coins())) {
        if (listed.get(coin)?.delisted !== true) this.#told.delete(coin);
        else if (!this.#told.has(coin)) {
          this.#told.add(coin);
          onEvent({ kind: "delisted", coin });
        }
      }
    } catch (error) {
      if (error instanceof MarketClosedError) return;
      log.warn("whether coins were delisted is not known", { problem: messageOf(error) });
    }
  }
}
