/** What each request costs of the 1200 a minute (hyperliquid-docs, "Rate limits"). */

/** `exchangeStatus`. */
export const STATUS_WEIGHT = 2;
/** `meta`, and every `info` request without a price of its own. */
export const META_WEIGHT = 20;

/** `userRole`. */
export const ROLE_WEIGHT = 60;
/** `extraAgents`. */
export const AGENTS_WEIGHT = 20;
const FILLS_PER_WEIGHT = 20;

/** `userFillsByTime`: 20, and 1 for each 20 fills. */
export const fillsWeight = (fills: number): number => 20 + Math.ceil(fills / FILLS_PER_WEIGHT);

const SNAPSHOT_WEIGHT = 20;
const CANDLES_PER_WEIGHT = 60;

/** `candleSnapshot`: 20, and 1 for each 60 candles; how it rounds is not said, so up. */
export const snapshotWeight = (candles: number): number =>
  SNAPSHOT_WEIGHT + Math.ceil(candles / CANDLES_PER_WEIGHT);

/** Rates in a reply of `fundingHistory`, the oldest first. */
export const FUNDING_PER_PAGE = 500;
/** `fundingHistory`: 20, and 1 for each 20 rates; for a full page. */
export const FUNDING_WEIGHT = 45;
