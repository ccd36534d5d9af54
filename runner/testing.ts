/**
 * The package "kumbh/testing": a strategy on a stage. Its windows and its database are real, its orders
 * are what the test says. For `bun test`; what the market makes of a strategy is for `kumbh backtest`.
 */
import { Database } from "bun:sqlite";
import { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { Windows } from "#runner/candles.ts";
import { parseFeeds } from "#runner/feeds.ts";
import type { StrategyClass } from "#runner/load.ts";
import { paramsSchemaOf, parseParams } from "#runner/params.ts";
import type { Strategy } from "#runner/strategy.ts";
import type { OpenOrder, OrderResult } from "#runner/trade/requests.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { buildIn, type World } from "#runner/world.ts";
import { type Candle, deliveryOrder } from "#shared/candle.ts";
import { createLog } from "#shared/log.ts";
import type { Side } from "#shared/order.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/**
 * One candle a close, in order, from number `from` since the epoch on; each reaches one above and one
 * below its close.
 */
export function candlesOf(
  coin: string,
  timeframe: Timeframe,
  closes: readonly number[],
  from = 0,
): Candle[] {
  const lengthMs = TIMEFRAME_MS[timeframe];
  return closes.map((close, index) => ({
    coin,
    timeframe,
    openTime: (from + index) * lengthMs,
    closeTime: (from + index + 1) * lengthMs,
    open: close,
    high: close + 1,
    low: close - 1,
    close,
    volume: 10,
    trades: 5,
  }));
}

/** An order as the strategy asked for it. */
export interface Asked {
  readonly kind: "market" | "limit";
  readonly side: Side;
  readonly size: number;
  readonly price?: number;
}

/** Fills market orders at once at the last close, and rests limits until the test fills them. */
export class FakeTrade implements Trade {
  readonly asked: Asked[] = [];
  open: OpenOrder[] = [];
  /** What the next orders come to instead. */
  readonly answers: OrderResult[] = [];
  price = Number.NaN;

  market: Trade["market"] = async ({ side, size }) => {
    this.asked.push({ kind: "market", side, size });
    const orderId = this.asked.length;
    const filled = {
      kind: "filled",
      orderId,
      clientOrderId: "0x",
      size,
      price: this.price,
    } as const;
    return await Promise.resolve(this.answers.shift() ?? filled);
  };

  limit: Trade["limit"] = async ({ coin, side, size, price }) => {
    this.asked.push({ kind: "limit", side, size, price });
    const answer = this.answers.shift();
    if (answer !== undefined) return answer;
    const order = { orderId: this.asked.length, clientOrderId: "0x", size, price };
    this.open.push({ ...order, coin, side, sizeAsked: size });
    return await Promise.resolve({ kind: "resting", ...order });
  };

  openOrders: Trade["openOrders"] = async () => await Promise.resolve([...this.open]);

  stop = notPlayed;
  takeProfit = notPlayed;
  close = notPlayed;
  cancel = notPlayed;
  cancelAll = notPlayed;
  setLeverage = notPlayed;
}

async function notPlayed(): Promise<never> {
  return await Promise.reject(new Error("this stage does not play that"));
}

/**
 * Builds a strategy and plays it candles. The params are checked as `kumbh start` does; a database that
 * is handed in outlives the stage, so that a second one can play the restart.
 */
export class Stage implements Disposable {
  readonly trade = new FakeTrade();
  readonly #database: Database;
  readonly #windows = new Windows();
  readonly strategy: Strategy;
  /** What became of an order that is not in the book any more. */
  fate = "filled";
  /** Lines of its log, without time. */
  readonly logged: string[] = [];

  constructor(strategy: StrategyClass, params: Record<string, unknown>, database?: Database) {
    this.#database = database ?? new Database(":memory:", { strict: true });
    const world = this.#world(parseParams(paramsSchemaOf(strategy), params));
    this.strategy = buildIn(world, () => new strategy());
    for (const feed of parseFeeds(this.strategy.feeds())) this.#windows.take(feed);
  }

  /** `onStart`, as the engine calls it before any candle. */
  async start(): Promise<void> {
    await this.strategy.onStart();
  }

  /** Candles of the past: they fill the windows. */
  warmUp(candles: readonly Candle[]): void {
    for (const candle of candles) this.#windows.push(candle);
  }

  /** Candles that close at one time; market orders fill at the last one's close. */
  async close(...candles: Candle[]): Promise<void> {
    const ordered = candles.toSorted(deliveryOrder);
    for (const candle of ordered) {
      this.#windows.push(candle);
      this.trade.price = candle.close;
    }
    for (const candle of ordered) await this.strategy.onCandle(candle);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #world(params: unknown): World {
    const transport = { isTestnet: true, request: async <T>() => await this.#answerInfo<T>() };
    const info = new InfoClient({ transport });
    const wallet = privateKeyToAccount(`0x${"1".repeat(64)}`);
    return {
      mode: "live",
      params,
      log: createLog(
        () => 0,
        (line) => this.logged.push(line.slice(line.indexOf(" ") + 1)),
      ),
      trade: this.trade,
      info,
      exchange: new ExchangeClient({ transport, wallet }),
      db: this.#database,
      account: wallet.address,
      now: () => 0,
      candles: (coin, timeframe) => this.#windows.of(coin, timeframe),
      subscribe: notPlayed,
      unsubscribe: notPlayed,
    };
  }

  /** The one question that the examples ask: what became of an order that left the book. */
  async #answerInfo<T>(): Promise<T> {
    const reply = { status: "order", order: { status: this.fate } };
    return await Promise.resolve(z.custom<T>(() => true).parse(reply));
  }
}
