/** The book of a coin at a price where nobody has asked for it. Pure. */
import type { Level, Quote } from "#runner/exchange/quote.ts";
import { roundPrice } from "#shared/instrument.ts";
import type { Side } from "#shared/order.ts";

/**
 * The last book seen, moved to a trade of the market: the side that took stands at its price.
 * Simplification: spread and depth are those of that book, however old it is.
 */
export function movedBook(
  { bids, asks }: Quote,
  trade: { readonly price: number; readonly side: Side; readonly sizeDecimals: number },
): Quote {
  const { price, side, sizeDecimals } = trade;
  const [bid, ask] = [bids[0]?.price, asks[0]?.price];
  const spread = bid === undefined || ask === undefined ? 0 : ask - bid;
  const move = (levels: readonly Level[], best: number): readonly Level[] => {
    const [first] = levels;
    if (first === undefined) return [];
    return levels.flatMap((level) => {
      const moved = roundPrice(best + level.price - first.price, sizeDecimals, "nearest");
      return moved > 0 ? [{ ...level, price: moved }] : [];
    });
  };
  return {
    bids: move(bids, side === "buy" ? price - spread : price),
    asks: move(asks, side === "buy" ? price : price + spread),
    mark: price,
  };
}
