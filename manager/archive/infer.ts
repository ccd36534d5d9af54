/** A coin's rules out of its candles, where the exchange could not be asked. Pure. */
import type { Coin } from "#shared/candle.ts";
import type { CandleColumns } from "#shared/columns.ts";
import type { Instrument } from "#shared/instrument.ts";

/** Leverage of a coin of which nothing is known but its candles: the exchange's usual for a small one. */
const UNKNOWN_COIN_LEVERAGE = 10;
/** Most size decimals that Hyperliquid gives a perp. */
const SIZE_DECIMALS_MAX = 5;
/** Decimals of price and size together (hyperliquid-docs, "Tick and lot size"). */
const PRICE_AND_SIZE_DECIMALS = 6;
/** A sum of sizes in float64 may be off by so much, as a share of its last decimal. */
const DECIMAL_TOLERANCE = 1e-4;

/** As fine as the data: volumes are sums of sizes, so they show the size's decimals. */
export function inferInstrument(coin: Coin, assetId: number, sample: CandleColumns): Instrument {
  const { open, high, low, close, volume } = sample;
  const priceDecimals = Math.max(0, ...[open, high, low, close].map(decimalsIn));
  const sizeDecimals = Math.min(
    decimalsIn(volume),
    PRICE_AND_SIZE_DECIMALS - priceDecimals,
    SIZE_DECIMALS_MAX,
  );
  return {
    coin,
    assetId,
    sizeDecimals: Math.max(0, sizeDecimals),
    maxLeverage: UNKNOWN_COIN_LEVERAGE,
    delisted: false,
  };
}

/** Most decimals that a value has, up to the most that anything on Hyperliquid has. */
function decimalsIn(column: Float64Array): number {
  let decimals = 0;
  for (const value of column) {
    while (decimals < PRICE_AND_SIZE_DECIMALS && !hasDecimals(value, decimals)) decimals++;
  }
  return decimals;
}

function hasDecimals(value: number, decimals: number): boolean {
  const scaled = value * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) < DECIMAL_TOLERANCE;
}
