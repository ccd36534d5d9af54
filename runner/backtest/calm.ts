/**
 * The fast path of a run: candles in which nothing can happen but that they close. That is most of a
 * strategy of one feed, so a million of them take a fifth of the time. Whatever is not calm is left to
 * the general path, which gives the same for every candle.
 *
 * What the loop calls is flat: the compiler joins a call to its caller only to a small depth, and what the
 * author's hook calls lies below all of ours.
 */
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import type { FeedLine } from "#runner/backtest/feed-line.ts";
import type { FeedSet } from "#runner/backtest/feed-set.ts";
import type { Hooks } from "#runner/backtest/hooks.ts";
import type { Recorder } from "#runner/backtest/recorder.ts";
import { cell, type Tape } from "#runner/backtest/tape.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";
import type { Strategy } from "#runner/strategy.ts";

export interface CalmOptions {
  readonly exchange: BacktestExchange;
  readonly feeds: FeedSet;
  readonly recorder: Recorder;
  readonly timers: SimulatedTimers;
  readonly hooks: Hooks;
  readonly strategy: Strategy;
}

export class Calm {
  readonly #options: CalmOptions;
  /** Candles that closed here. */
  count = 0;

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
    const { feeds, exchange, recorder, timers, hooks, strategy } = this.#options;
    const { holdings, market, nextFundingMs } = exchange;
    const { cash } = exchange.user.account;
    const { high, low, close } = line.series.columns;
    if (!recorder.isDue(line.nextCloseMs, line.lengthMs)) return undefined;
    const { size, entryPrice, band } = tape;
    for (let closed = 0; closed < candlesMax; closed++) {
      const { next, nextCloseMs: closeMs } = line;
      // At the end of the data it is infinite.
      if (line.hasGap || closeMs >= nextFundingMs) return undefined;
      const isBorne = cell(low, next) > band.low && cell(high, next) < band.high;
      const equity = size === 0 ? cash : cash + size * (cell(close, next) - entryPrice);
      if (!isBorne || equity <= 0) return undefined;
      market.nowMs = closeMs;
      const candle = line.close();
      tape.next = line.next;
      recorder.stepOn(equity, size !== 0);
      this.count += 1;
      const waits = hooks.onCandle(strategy, candle);
      if (waits !== undefined) {
        hooks.begin("onCandle", line);
        return waits;
      }
      // Fills that are to be told come with a change of the holdings, and warm-up with one of the feeds.
      if (holdings.isChanged || timers.count > 0 || feeds.only !== line) return undefined;
    }
    return undefined;
  }
}
