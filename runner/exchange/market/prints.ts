/** Trades ("prints") that make a given base candle: the path inside a candle that only its corners tell. */

import { PRINTS_PER_ROW, type Row } from "#runner/exchange/market/rows.ts";
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { roundPrice } from "#shared/instrument.ts";
import type { Side } from "#shared/order.ts";

/** One trade of the market. */
export interface Print {
  readonly timeMs: UnixMs;
  readonly price: number;
  /** Volume of the candle up to and with this trade, in coin. */
  readonly volumeSoFar: number;
  /** Traded by this print, in coin; 0 when the candle's volume is too small to be spread. */
  readonly size: number;
  /** Of the one who took. */
  readonly side: Side;
  /**
   * First trade of its base candle: the market was elsewhere before, so orders that it jumped over
   * fill at its price.
   */
  readonly opening: boolean;
}

/** The way through a candle: to the nearer of high and low first, with stops between; or only its corners. */
export type Way = "nearest" | "corners";

/** Where between two corners an extra trade lies, as a share of the way. */
const HALF = 0.5;
const THIRD = 1 / 3;

/**
 * The trades of a row, ascending in time from its open on: open, the nearer of high and low, the other,
 * close, and points between them. Their candle is the row, to the last digit. A row without volume has none.
 */
export function printsOf(
  row: Row,
  lengthMs: number,
  sizeDecimals: number,
  way: Way = "nearest",
): readonly Print[] {
  if (!(row.volume > 0)) return [];
  const prices = way === "nearest" ? pathOf(row, sizeDecimals) : cornersOf(row);
  const scale = 10 ** sizeDecimals;
  const prints: Print[] = [];
  let before = 0;
  let side: Side = row.close >= row.open ? "buy" : "sell";
  for (const [index, price] of prices.entries()) {
    const last = index === prices.length - 1;
    const share = (row.volume * (index + 1)) / prices.length;
    const volumeSoFar = last ? row.volume : Math.min(row.volume, Math.floor(share * scale) / scale);
    const previous = prices[index - 1] ?? price;
    if (price !== previous) side = price > previous ? "buy" : "sell";
    prints.push({
      timeMs: row.openTime + Math.floor((index * lengthMs) / prices.length),
      price,
      volumeSoFar,
      size: Math.round((volumeSoFar - before) * scale) / scale,
      side,
      opening: index === 0,
    });
    before = volumeSoFar;
  }
  return prints;
}

/** Open, high, low, close, each twice: the way `ohlc` of a backtest. */
const cornersOf = ({ open, high, low, close }: Row): readonly number[] => [
  open,
  open,
  high,
  high,
  low,
  low,
  close,
  close,
];

/**
 * `PRINTS_PER_ROW` prices that touch all four corners and never leave the candle. An account on paper takes
 * the same way through a candle, so that orders fill in the same order.
 */
export function pathOf(
  row: Pick<Row, "open" | "high" | "low" | "close">,
  sizeDecimals: number,
): readonly number[] {
  const highFirst = row.high - row.open <= row.open - row.low;
  const first = highFirst ? row.high : row.low;
  const second = highFirst ? row.low : row.high;
  const between = (from: number, to: number, share: number): number => {
    const rounded = roundPrice(from + (to - from) * share, sizeDecimals, "nearest");
    return Math.min(row.high, Math.max(row.low, rounded));
  };
  const path = [
    row.open,
    between(row.open, first, HALF),
    first,
    between(first, second, THIRD),
    between(first, second, 2 * THIRD),
    second,
    between(second, row.close, HALF),
    row.close,
  ];
  assert(path.length === PRINTS_PER_ROW, "a row has its number of prints");
  return path;
}
