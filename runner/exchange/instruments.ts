/** The perps that the simulated exchange lists: their rules, and how lively their markets are. */
import type { Coin } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";

/** From this notional of a position on, `maxLeverage` is all that is allowed. */
export interface MarginTier {
  /** In USDC. */
  readonly lowerBound: number;
  readonly maxLeverage: number;
}

/** One listed perp. */
export interface Perp extends Instrument {
  /** Below 50: the flat table of that leverage (Hyperliquid's `meta`). */
  readonly marginTableId: number;
  /** Ascending, the first from 0. */
  readonly marginTiers: readonly MarginTier[];
}

/** What a perp is before it has its place in the universe. */
export type PerpRules = Omit<Perp, "assetId" | "delisted" | "coin">;

/** How a seeded market of a coin behaves. */
export interface Temper {
  /** Price at which the walk begins, in USDC. */
  readonly price: number;
  /** Standard deviation of the log return over a year. */
  readonly yearVolatility: number;
  /** Traded in a day, in USDC. */
  readonly dayNotional: number;
}

const flat = (
  maxLeverage: number,
): Pick<Perp, "maxLeverage" | "marginTableId" | "marginTiers"> => ({
  maxLeverage,
  marginTableId: maxLeverage,
  marginTiers: [{ lowerBound: 0, maxLeverage }],
});

const tiered = (
  marginTableId: number,
  maxLeverage: number,
  next: MarginTier,
): Pick<Perp, "maxLeverage" | "marginTableId" | "marginTiers"> => ({
  maxLeverage,
  marginTableId,
  marginTiers: [{ lowerBound: 0, maxLeverage }, next],
});

/** Leverage of a coin of which nothing is known but its candles. */
const UNKNOWN_COIN_LEVERAGE = 10;
/** Most size decimals that Hyperliquid gives a perp. */
const SIZE_DECIMALS_MAX = 5;
const PRICE_AND_SIZE_DECIMALS = 6;

/** Mainnet's rules (`meta` of 2026); price, volatility and turnover are round figures of 2025. */
const KNOWN: Readonly<Record<Coin, { readonly rules: PerpRules; readonly temper: Temper }>> = {
  BTC: known(5, tiered(56, 40, { lowerBound: 150e6, maxLeverage: 20 }), 95_000, 0.6, 3e9),
  ETH: known(4, tiered(55, 25, { lowerBound: 100e6, maxLeverage: 15 }), 3400, 0.8, 1.5e9),
  SOL: known(2, tiered(54, 20, { lowerBound: 70e6, maxLeverage: 10 }), 180, 1, 4e8),
  HYPE: known(2, flat(10), 38, 1, 3e8),
  XRP: known(0, flat(20), 2.3, 0.9, 2e8),
  BNB: known(3, flat(10), 650, 0.6, 5e7),
  DOGE: known(0, flat(10), 0.2, 1, 1e8),
  SUI: known(1, flat(10), 3.5, 1.1, 8e7),
  AVAX: known(2, flat(10), 24, 1, 4e7),
  LINK: known(1, flat(10), 16, 0.9, 4e7),
  ADA: known(0, flat(10), 0.7, 1, 4e7),
  LTC: known(2, flat(10), 95, 0.8, 3e7),
  AAVE: known(2, flat(10), 270, 1, 3e7),
  ARB: known(1, flat(10), 0.4, 1.1, 2e7),
  ENA: known(0, flat(10), 0.5, 1.3, 3e7),
  TIA: known(1, flat(10), 1.8, 1.2, 1e7),
  WIF: known(0, flat(10), 0.9, 1.4, 2e7),
  kPEPE: known(0, flat(10), 0.012, 1.3, 6e7),
};

function known(
  sizeDecimals: number,
  margin: Omit<PerpRules, "sizeDecimals">,
  ...[price, yearVolatility, dayNotional]: readonly [number, number, number]
): { readonly rules: PerpRules; readonly temper: Temper } {
  return { rules: { sizeDecimals, ...margin }, temper: { price, yearVolatility, dayNotional } };
}

/** The coins that a seeded market can be made of. */
export const KNOWN_COINS: readonly Coin[] = Object.keys(KNOWN);

export const temperOf = (coin: Coin): Temper | undefined => KNOWN[coin]?.temper;

export const rulesOf = (coin: Coin): PerpRules | undefined => KNOWN[coin]?.rules;

/** Rules for a coin that is only known by its candles: as fine as the data, 10x, one margin tier. */
export function inferRules(priceDecimals: number, volumeDecimals: number): PerpRules {
  const byPrice = PRICE_AND_SIZE_DECIMALS - priceDecimals;
  const sizeDecimals = Math.max(0, Math.min(volumeDecimals, byPrice, SIZE_DECIMALS_MAX));
  return { sizeDecimals, ...flat(UNKNOWN_COIN_LEVERAGE) };
}

/** Gives each coin its asset id: known coins in the exchange's order, then the others by name. */
export function universeOf(coins: ReadonlyMap<Coin, PerpRules>): readonly Perp[] {
  return [...coins]
    .toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([coin, rules], assetId) => ({ coin, assetId, delisted: false, ...rules }));
}

function rank(coin: Coin): number {
  const place = KNOWN_COINS.indexOf(coin);
  return place === -1 ? KNOWN_COINS.length : place;
}

/**
 * A coin as the matching core knows it. Simplification: an instrument tells no margin tiers, so the
 * coin's highest leverage holds at any size of a position.
 */
export const perpOf = (instrument: Instrument): Perp => ({
  ...instrument,
  marginTableId: instrument.maxLeverage,
  marginTiers: [{ lowerBound: 0, maxLeverage: instrument.maxLeverage }],
});
