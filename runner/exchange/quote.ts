/** The order book that the simulator shows: made up around the last trade, always the same for it. */
import { z } from "zod";
import { priceTick, roundPrice, roundSize } from "#shared/instrument.ts";
import type { Side } from "#shared/order.ts";

/** Price in USDC, size in coin. */
export const Level = z.object({ price: z.number(), size: z.number() });
export type Level = Readonly<z.infer<typeof Level>>;

/** What stands in the book of a coin: best level first, and the mark price. */
export const Quote = z.object({
  bids: z.array(Level).readonly(),
  asks: z.array(Level).readonly(),
  mark: z.number(),
});
export type Quote = Readonly<z.infer<typeof Quote>>;

export const BOOK_LEVELS = 20;

/** Share of a usual day's turnover that stands at a level of the book. */
const LEVEL_SHARE = 1 / 15_000;
/** Levels away from the touch over which the size doubles. */
const DEPTH_DOUBLES_AFTER = 10;

/**
 * One tick of spread: the side that took last stands at the last price. Depth does not shrink when
 * somebody takes from it: the simulated market is deep beyond what is shown, and refills at once.
 */
export function bookAround(market: {
  readonly last: number;
  readonly side: Side;
  readonly sizeDecimals: number;
  readonly dayNotional: number;
}): Quote {
  const { last, side } = market;
  const above = neighbour(last, market.sizeDecimals, "buy");
  const below = neighbour(last, market.sizeDecimals, "sell");
  return {
    bids: levels(market, side === "buy" ? below : last, "sell"),
    asks: levels(market, side === "buy" ? last : above, "buy"),
    mark: last,
  };
}

/** Deeper than any order, and still a number that the wire can write, in coin. */
const DEPTH_AMPLE = 1e9;

/** A book without friction: any size at the last price, on both sides, as in a backtest without slippage. */
export const frictionlessBook = (last: number): Quote => ({
  bids: [{ price: last, size: DEPTH_AMPLE }],
  asks: [{ price: last, size: DEPTH_AMPLE }],
  mark: last,
});

/** The next valid price above (`buy`) or below (`sell`), never under one tick. */
function neighbour(price: number, sizeDecimals: number, towards: Side): number {
  const tick = priceTick(price, sizeDecimals);
  if (towards === "buy") return roundPrice(price + tick, sizeDecimals, "nearest");
  return Math.max(tick, roundPrice(price - tick, sizeDecimals, "nearest"));
}

function levels(
  market: { readonly sizeDecimals: number; readonly dayNotional: number },
  best: number,
  towards: Side,
): readonly Level[] {
  const found: Level[] = [];
  const lot = 10 ** -market.sizeDecimals;
  let price = best;
  for (let depth = 0; depth < BOOK_LEVELS; depth++) {
    const grown = 1 + depth / DEPTH_DOUBLES_AFTER;
    const notional = market.dayNotional * LEVEL_SHARE * grown * (0.5 + noise(price));
    found.push({ price, size: Math.max(lot, roundSize(notional / price, market.sizeDecimals)) });
    const next = neighbour(price, market.sizeDecimals, towards);
    if (next === price) break;
    price = next;
  }
  return found;
}

/** A number in [0, 1) that depends on the price alone. */
function noise(price: number): number {
  const mixed = Math.imul(Math.round(price * 1e4) ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 4_294_967_296;
}
