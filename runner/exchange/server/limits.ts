/** What the exchange allows a client, and how often it pushes. All times are real, not the market's. */

/** "All per IP" (Hyperliquid's rate limits page of 2026). */
export interface SimLimits {
  readonly connectionsMax: number;
  readonly newConnectionsPerMinute: number;
  readonly subscriptionsMax: number;
  /** Different users over all user-specific subscriptions. */
  readonly usersMax: number;
  readonly messagesPerMinute: number;
  readonly pendingPostsMax: number;
  /** A connection to which nothing was sent for this long is closed. */
  readonly silenceMsMax: number;
}

export const EXCHANGE_LIMITS: SimLimits = {
  connectionsMax: 10,
  newConnectionsPerMinute: 30,
  subscriptionsMax: 1000,
  usersMax: 10,
  messagesPerMinute: 2000,
  pendingPostsMax: 100,
  silenceMsMax: 60_000,
};

/** Least time between two pushes of one subscription. */
export interface SimPacing {
  /** Of the forming candle; the final state of a candle never waits. */
  readonly candleMs: number;
  readonly bboMs: number;
  /** Measured on the exchange: about 5 s, and 0.5 s for `fast` books. */
  readonly bookMs: number;
  readonly fastBookMs: number;
  readonly midsMs: number;
  /** Of one coin's context. */
  readonly contextMs: number;
  /** Of an account's state and open orders. */
  readonly accountMs: number;
}

export const EXCHANGE_PACING: SimPacing = {
  candleMs: 50,
  bboMs: 50,
  bookMs: 5000,
  fastBookMs: 500,
  midsMs: 5000,
  contextMs: 1000,
  accountMs: 5000,
};
