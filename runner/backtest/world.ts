/** The world of a strategy in a backtest: nothing in it reaches the outside, and time is the market's. */
import { Database } from "bun:sqlite";
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import type { BacktestClients } from "#runner/backtest/clients.ts";
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import type { FeedSet } from "#runner/backtest/feed-set.ts";
import type { Recorder } from "#runner/backtest/recorder.ts";
import { BacktestTradePort } from "#runner/backtest/trade-port.ts";
import type { CandleWindow } from "#runner/candles.ts";
import { BadFeedsError, parseFeed } from "#runner/feeds.ts";
import type { Guard } from "#runner/guard.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { tradeOver } from "#runner/trade/trade-over.ts";
import type { World } from "#runner/world.ts";
import type { Candle, Feed } from "#shared/candle.ts";
import { FEEDS_MAX } from "#shared/child-limits.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Log } from "#shared/log.ts";
import type { Address } from "#shared/sim-options.ts";
import type { Timeframe } from "#shared/timeframe.ts";

/** Nobody has its key, and nothing outside of this process knows it. */
export const BACKTEST_ADDRESS: Address = "0xbac7e57000000000000000000000000000000000";

/** The SDK takes 10 MB and some 60 ms to load: most strategies trade without it. */
const loadClients = (): typeof import("#runner/backtest/clients.ts") =>
  z
    .custom<typeof import("#runner/backtest/clients.ts")>(
      (value) => typeof value === "object" && value !== null && "createClients" in value,
    )
    .parse(require("#runner/backtest/clients.ts"));

export interface BacktestWorldOptions {
  /** Of the strategy: its orders bear its mark. */
  readonly name: string;
  readonly params: unknown;
  readonly log: Log;
  readonly guard: Guard;
  readonly exchange: BacktestExchange;
  readonly recorder: Recorder;
  readonly feeds: FeedSet;
  /** Warm-up of a feed that was taken: to be delivered after the hook that runs. */
  readonly onWarmup: (candles: readonly Candle[]) => void;
}

export class BacktestWorld implements World {
  readonly mode = "backtest";
  readonly account = BACKTEST_ADDRESS;
  readonly params: unknown;
  readonly log: Log;
  readonly #options: BacktestWorldOptions;
  readonly #guard: Guard;
  readonly #trade: Trade;
  #clients: BacktestClients | undefined;
  #database: Database | undefined;

  constructor(options: BacktestWorldOptions) {
    const { name, params, log, guard, exchange, recorder } = options;
    this.params = params;
    this.log = log;
    this.#options = options;
    this.#guard = guard;
    this.#trade = tradeOver(new BacktestTradePort(exchange, recorder), name, {
      now: () => exchange.market.nowMs,
      monotonic: () => exchange.market.nowMs,
      after: neverWaits,
    });
  }

  now(): UnixMs {
    return this.#options.exchange.market.nowMs;
  }

  candles(coin: string, timeframe: Timeframe): CandleWindow {
    return this.#options.feeds.windows.of(coin, timeframe);
  }

  /** Only of what the run has candles of: throws `FeedNotPinnedError`. */
  async subscribe(wanted: Feed): Promise<void> {
    this.#guard.check("subscribe");
    const feed = parseFeed(wanted);
    const { feeds, onWarmup } = this.#options;
    if (feeds.windows.has(feed)) return await Promise.resolve();
    if (feeds.windows.count >= FEEDS_MAX) {
      throw new BadFeedsError(`the strategy has ${FEEDS_MAX} feeds already, which is the most`);
    }
    onWarmup(feeds.take([feed], this.now()));
  }

  async unsubscribe(dropped: Feed): Promise<void> {
    this.#guard.check("unsubscribe");
    this.#options.feeds.drop(parseFeed(dropped));
    return await Promise.resolve();
  }

  get trade(): Trade {
    this.#guard.check("trade");
    return this.#trade;
  }

  get exchange(): ExchangeClient {
    this.#guard.check("exchange");
    return this.#sdk().exchange;
  }

  get info(): InfoClient {
    this.#guard.check("info");
    return this.#sdk().info;
  }

  /** Of its own, in memory: what the live strategy wrote down is not there. */
  get db(): Database {
    this.#guard.check("db");
    this.#database ??= new Database(":memory:", { strict: true });
    return this.#database;
  }

  close(): void {
    this.#database?.close();
  }

  #sdk(): BacktestClients {
    const { exchange, recorder } = this.#options;
    this.#clients ??= loadClients().createClients(exchange, recorder, BACKTEST_ADDRESS);
    return this.#clients;
  }
}

/** Only a reply that was lost is waited for, and here none is. */
function neverWaits(): never {
  throw new Error("an order of a backtest is answered at once");
}
