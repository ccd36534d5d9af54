/** What can go wrong between us and the exchange, in words. */
import type { Coin } from "#shared/candle.ts";
import { KumbhError, messageOf } from "#shared/errors.ts";

export class ExchangeUnreachableError extends KumbhError {
  constructor(endpoint: string, cause: unknown) {
    super(
      "exchange_unreachable",
      `the exchange does not answer at ${endpoint}: ${messageOf(cause)}`,
      "check the connection, and [endpoints] in config.toml",
      { cause },
    );
  }
}

export class ExchangeRefusedError extends KumbhError {
  constructor(endpoint: string, request: string, cause: Error) {
    super(
      "exchange_refused",
      `the exchange at ${endpoint} refused ${request}: ${cause.message}`,
      "check that [endpoints] in config.toml names a Hyperliquid API",
      { cause },
    );
  }
}

/** HTTP 429: the weight of this machine's address is spent. */
export class ExchangeBusyError extends KumbhError {
  constructor(endpoint: string, cause: unknown) {
    super(
      "exchange_busy",
      `the exchange at ${endpoint} allows no more requests from this address for now`,
      "stop other programs that use the exchange from this address, or wait a minute",
      { cause },
    );
  }
}

export class WeightQueueFullError extends KumbhError {
  constructor(waiting: number) {
    super(
      "weight_queue_full",
      `${waiting} requests wait for the exchange's limit of weight a minute`,
      "run fewer strategies, or let them ask less often",
    );
  }
}

export class FeedsExhaustedError extends KumbhError {
  constructor(coin: Coin, feedsMax: number) {
    super(
      "feeds_exhausted",
      `no feed of ${coin} can be opened: ${feedsMax} are open, and the exchange allows no more subscriptions an address`,
      "stop strategies that take feeds which no other takes",
    );
  }
}

export class MarketClosedError extends KumbhError {
  constructor() {
    super("market_closed", "the manager is stopping", "start it again with `kumbh up`");
  }
}
