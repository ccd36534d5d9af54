/** What a strategy stands in: live, on paper or in a backtest, the same words with other things behind them. */
import type { Database } from "bun:sqlite";
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import type { CandleWindow } from "#runner/candles.ts";
import type { Trade } from "#runner/trade/trade.ts";
import type { Feed } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { KumbhError } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";
import type { Timeframe } from "#shared/timeframe.ts";

export type Mode = "live" | "paper" | "backtest";

export interface World {
  readonly mode: Mode;
  /** What the class's own schema made of the params given. */
  readonly params: unknown;
  readonly log: Log;
  readonly trade: Trade;
  readonly exchange: ExchangeClient;
  readonly info: InfoClient;
  readonly db: Database;
  /** The address that holds the funds, or null when no account is configured. */
  readonly account: string | null;
  now(): UnixMs;
  /** Throws `FeedNotTakenError`. */
  candles(coin: string, timeframe: Timeframe): CandleWindow;
  subscribe(feed: Feed): Promise<void>;
  unsubscribe(feed: Feed): Promise<void>;
}

/**
 * The world that the strategy under construction will stand in. An author's constructor calls
 * `super()` without arguments, so the world cannot come as one; construction is synchronous, so one
 * slot is enough.
 */
let handedOver: World | undefined;

/** Builds an object whose constructor may call `takeWorld`. */
export function buildIn<T>(world: World, build: () => T): T {
  handedOver = world;
  try {
    return build();
  } finally {
    handedOver = undefined;
  }
}

/** Throws `NotBuiltByKumbhError` outside `buildIn`. */
export function takeWorld(className: string): World {
  if (handedOver === undefined) throw new NotBuiltByKumbhError(className);
  return handedOver;
}

export class NotBuiltByKumbhError extends KumbhError {
  constructor(className: string) {
    super(
      "not_built_by_kumbh",
      `${className} cannot be built with \`new\`: a strategy gets its candles and orders from kumbh`,
      "run it with `kumbh start FILE.ts`",
    );
  }
}
