/** The package "kumbh": all that a strategy file imports. */
import type { Database } from "bun:sqlite";
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { z } from "zod";
import type { CandleWindow } from "#runner/candles.ts";
import type { Trade } from "#runner/trade/trade.ts";
import { type Mode, takeWorld, type World } from "#runner/world.ts";
import type * as candle from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { StrategyMeta } from "#shared/inspection.ts";
import type { Log } from "#shared/log.ts";
import type * as order from "#shared/order.ts";
import type { Status } from "#shared/status.ts";
import { Timeframe } from "#shared/timeframe.ts";

export type { CandleWindow } from "#runner/candles.ts";
export { compare, mean } from "#runner/numbers.ts";
export type {
  CancelResult,
  LeverageResult,
  LimitRequest,
  MarketRequest,
  OpenOrder,
  OrderResult,
  TriggerRequest,
} from "#runner/trade/requests.ts";
export type { Trade } from "#runner/trade/trade.ts";
export type { Mode } from "#runner/world.ts";
export type { Feed } from "#shared/candle.ts";
export { NOTIONAL_MIN } from "#shared/instrument.ts";
export type { Log } from "#shared/log.ts";
export type { Side } from "#shared/order.ts";
export type { Status } from "#shared/status.ts";
export { TIMEFRAME_MS, Timeframe } from "#shared/timeframe.ts";
export { z };

type Feed = candle.Feed;

// Interfaces, because an author's editor and type errors show their name, and of an alias all its members.

/** Open, high, low, close and volume of a coin over one timeframe. Prices in USDC, volume in coin. */
export interface Candle extends candle.Candle {}
/** Candles that a strategy did not get in time. */
export interface Gap extends candle.Gap {}
/** A trade of this account that happened. */
export interface Fill extends order.Fill {}

/** What `static meta` of a strategy holds. */
export type Meta = z.input<typeof StrategyMeta>;

/** Marks the class across copies of this file: a copy that was bundled by mistake is recognised. */
export const STRATEGY_BRAND: unique symbol = Symbol.for("kumbh.strategy.v1");

const AnyObject = <T>() => z.custom<T>((value) => typeof value === "object" && value !== null);

/**
 * A trading strategy. A file exports one class of it, with `static meta` and `static params`:
 *
 *     export default class SmaCross extends Strategy<typeof Params> {
 *       static readonly meta = { name: "sma-cross", version: "1.0.0", description: "…" };
 *       static readonly params = Params;
 *
 * Hooks are called one after another, never two at a time; one that returns a promise is awaited. An
 * error that leaves a hook ends this run; the manager starts the next one.
 */
export abstract class Strategy<P extends z.ZodObject = z.ZodObject> {
  static readonly [STRATEGY_BRAND] = true;

  /** The params of this run, checked by `static params`, defaults filled in. */
  readonly params: z.output<P>;
  readonly #world: World;

  constructor() {
    this.#world = takeWorld(new.target.name);
    // `static params` and `P` are one schema by the class's declaration, and the world's params are its output.
    this.params = AnyObject<z.output<P>>().parse(this.#world.params);
  }

  /** The candles it needs from its start; `this.subscribe` takes more while it runs. */
  abstract feeds(): Feed[];

  /** Every closed candle of its feeds, exactly once, in order of close time. */
  abstract onCandle(candle: Candle): void | Promise<void>;

  /** Once, before any candle: open tables, restore what the run before had written. */
  onStart(): void | Promise<void> {}

  /**
   * Every candle of the past, in order, before the first live one: for indicators kept candle by
   * candle. The windows of `this.candles` fill themselves. Orders are refused here.
   */
  onWarmup(_candle: Candle): void | Promise<void> {}

  /** Updates of the open candle; while a hook runs only the latest is kept. Never in a backtest. */
  onForming(_candle: Candle): void | Promise<void> {}

  /**
   * A trade of one of the orders that this strategy placed with `this.trade`: each once, in the order
   * in which they came to be known, whatever happened to the connection, the manager or this process
   * meanwhile. Those of the time in which it did not run come after `onStart`, before any candle.
   * Between a reply of `this.trade` and the fills of that order there is no order in time.
   *
   * A process that dies within this hook, or a moment after it, gets the same fill again at its next
   * start, because nobody can know how far it had come. Where that matters, write `fill.tradeId` and
   * `fill.orderId` under a unique key of `this.db`, in the transaction in which the fill has its
   * effect, and pass by one that is there.
   *
   * On paper every trade of the account is the strategy's own.
   */
  onFill(_fill: Fill): void | Promise<void> {}

  /** Candles that did not come in time, before the candle that follows them. */
  onGap(_gap: Gap): void | Promise<void> {}

  /** Before the process ends, with a deadline of its limits. Positions stay as they are. */
  onStop(_reason: string): void | Promise<void> {}

  /** What `kumbh show NAME` prints: a line, and fields and tables if wanted. */
  status(): Status | undefined {
    return undefined;
  }

  /** The closed candles of one of its feeds, up to now. Throws when the feed was not taken. */
  candles(coin: string, timeframe: Timeframe): CandleWindow {
    return this.#world.candles(coin, timeframe);
  }

  /** Takes one more feed; its warm-up comes before its live candles. One that is held changes nothing. */
  async subscribe(feed: Feed): Promise<void> {
    await this.#world.subscribe(feed);
  }

  /** Drops a feed; one that is not held changes nothing. */
  async unsubscribe(feed: Feed): Promise<void> {
    await this.#world.unsubscribe(feed);
  }

  /** Ms since the epoch, on the clock of this world. */
  now(): UnixMs {
    return this.#world.now();
  }

  /** Orders, in plain numbers; what the exchange decides is returned, not thrown. */
  get trade(): Trade {
    return this.#world.trade;
  }

  /** The SDK's own client for signed actions. Throws where there is no account. */
  get exchange(): ExchangeClient {
    return this.#world.exchange;
  }

  /** The SDK's own client for queries. */
  get info(): InfoClient {
    return this.#world.info;
  }

  /**
   * The address to query with `this.info`, or null when no account is configured. On paper it is that
   * of the simulated account, of which only this strategy knows.
   */
  get account(): string | null {
    return this.#world.account;
  }

  /** The strategy's own SQLite database, kept between runs. */
  get db(): Database {
    return this.#world.db;
  }

  /** A line in the strategy's log. */
  get log(): Log {
    return this.#world.log;
  }

  get mode(): Mode {
    return this.#world.mode;
  }
}
