/** All coins on one clock: trades fall due in the order of time, across coins. */

import { type Perp, universeOf } from "#runner/exchange/instruments.ts";
import { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import type { Print } from "#runner/exchange/market/prints.ts";
import type { MarketSource } from "#runner/exchange/market/source.ts";
import { assert } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";

export class Market {
  /** Place in this list is the asset id. */
  readonly universe: readonly Perp[];
  readonly #coins: ReadonlyMap<Coin, CoinMarket>;
  #nowMs: UnixMs;

  /** `isFrictionless`: see `SimOptions`. */
  constructor(source: MarketSource, isFrictionless = false) {
    this.universe = universeOf(
      new Map([...source.coins].map(([coin, { rules }]) => [coin, rules] as const)),
    );
    this.#coins = new Map(
      [...source.coins].map(
        ([coin, of]) => [coin, new CoinMarket(coin, of, source.startMs, isFrictionless)] as const,
      ),
    );
    this.#nowMs = source.startMs;
  }

  get nowMs(): UnixMs {
    return this.#nowMs;
  }

  find(coin: Coin): CoinMarket | undefined {
    return this.#coins.get(coin);
  }

  /** The market of a coin that is known to be listed. */
  of(coin: Coin): CoinMarket {
    const found = this.#coins.get(coin);
    assert(found !== undefined, `${coin} is listed`);
    return found;
  }

  all(): Iterable<CoinMarket> {
    return this.#coins.values();
  }

  /** Makes all trades up to `toMs` happen, in order, and calls `onPrint` after each. */
  advance(toMs: UnixMs, onPrint: (market: CoinMarket, print: Print) => void): void {
    for (let next = this.#nextDue(toMs); next !== undefined; next = this.#nextDue(toMs)) {
      const print = next.takePrint();
      this.#nowMs = Math.max(this.#nowMs, print.timeMs);
      onPrint(next, print);
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
    for (const market of this.#coins.values()) market.passTo(toMs);
  }

  #nextDue(toMs: UnixMs): CoinMarket | undefined {
    let due: CoinMarket | undefined;
    let dueMs = toMs;
    for (const market of this.#coins.values()) {
      const printMs = market.nextPrintMs();
      if (printMs === undefined || printMs > toMs) continue;
      if (due === undefined || printMs < dueMs) {
        due = market;
        dueMs = printMs;
      }
    }
    return due;
  }
}
