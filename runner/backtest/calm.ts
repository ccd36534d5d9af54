/**
 * The fast path of a run: candles in which nothing can happen but that they close. That is most of a
 * strategy of one feed, so a million of them take a third of the time. Whatever is not calm is left to
 * the general path, which gives the same for every candle.
 */
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import type { FeedLine } from "#runner/backtest/feed-line.ts";
import type { FeedSet } from "#runner/backtest/feed-set.ts";
import type { Recorder } from "#runner/backtest/recorder.ts";
import { cell, type Tape } from "#runner/backtest/tape.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";
import type { Candle } from "#shared/candle.ts";

export interface CalmOptions {
  readonly exchange: BacktestExchange;
  readonly feeds: FeedSet;
  readonly recorder: Recorder;
  readonly timers: SimulatedTimers;
  /** Tells the strategy; a promise where something came of it that must be waited for. */
  readonly deliver: (candle: Candle) => Promise<unknown> | undefined;
  /** Nothing came of it that must be told first. */
  readonly isQuiet: () => boolean;
}

export class Calm {
  readonly #options: CalmOptions;

  constructor(options: CalmOptions) {
    this.#options = options;
  }

  /** Lets so many candles close at most. A promise: what the last of them brought is to be waited for. */
  run(candlesMax: number): Promise<unknown> | undefined {
    const { feeds, exchange, timers } = this.#options;
    const line = feeds.only;
    const [tape] = exchange.tapes;
    if (line === undefined || tape === undefined || exchange.tapes.length > 1) return undefined;
    const isAlone = tape.series === line.series && tape.next === line.next;
    if (!isAlone || timers.count > 0) return undefined;
    exchange.holdings.look();
    return tape.hasOrders ? undefined : this.#run(line, tape, candlesMax);
  }

  #run(line: FeedLine, tape: Tape, candlesMax: number): Promise<unknown> | undefined {
    const { feeds, exchange, recorder, timers, deliver, isQuiet } = this.#options;
    const { holdings, market, nextFundingMs } = exchange;
    const { cash } = exchange.user.account;
    const { high, low, close } = line.series.columns;
    const { size, entryPrice, band } = tape;
    for (let closed = 0; closed < candlesMax; closed++) {
      const { next, nextCloseMs } = line;
      // At the end of the data it is infinite.
      if (line.hasGap || nextCloseMs >= nextFundingMs) return undefined;
      const isBorne = cell(low, next) > band.low && cell(high, next) < band.high;
      const equity = size === 0 ? cash : cash + size * (cell(close, next) - entryPrice);
      if (!isBorne || equity <= 0) return undefined;
      market.nowMs = nextCloseMs;
      const candle = line.close();
      tape.passWith(line);
      recorder.step(nextCloseMs, equity, size !== 0);
      const waits = deliver(candle);
      if (waits !== undefined) return waits;
      const isChanged = holdings.isChanged || timers.count > 0 || feeds.only !== line;
      if (isChanged || !isQuiet()) return undefined;
    }
    return undefined;
  }
}
