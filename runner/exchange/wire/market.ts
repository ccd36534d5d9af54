/** Market data in the exchange's forms: candles, trades, books, mids. */

import type { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import type { Print } from "#runner/exchange/market/prints.ts";
import type { Row } from "#runner/exchange/market/rows.ts";
import type { Level, Quote } from "#runner/exchange/quote.ts";
import { wireDecimal, wireRate } from "#runner/exchange/wire/decimal.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { toWireSide } from "#shared/order.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

/** `T` is the last ms of the candle, not the first after it. */
export const candleToWire = (coin: Coin, timeframe: Timeframe, row: Row) => ({
  t: row.openTime,
  T: row.openTime + TIMEFRAME_MS[timeframe] - 1,
  s: coin,
  i: timeframe,
  o: wireDecimal(row.open),
  c: wireDecimal(row.close),
  h: wireDecimal(row.high),
  l: wireDecimal(row.low),
  v: wireDecimal(row.volume),
  n: row.trades,
});

const ZERO_HASH = `0x${"0".repeat(64)}`;
/** Buyer and seller of the simulated market's own trades. */
const MARKET_USERS = [`0x${"0".repeat(39)}1`, `0x${"0".repeat(39)}2`];

export const tradeToWire = (coin: Coin, print: Print) => ({
  coin,
  side: toWireSide(print.side),
  px: wireDecimal(print.price),
  sz: wireDecimal(print.size),
  time: print.timeMs,
  hash: ZERO_HASH,
  // (time, coin, tid) names a trade; a coin has one trade a ms at most.
  tid: print.timeMs,
  users: MARKET_USERS,
});

/** Orders that are said to stand at a level: the depth is made up, so this is too. */
const ordersAt = (level: Level): number => 1 + (Math.round(level.price * 1e4) % 17);

const levelToWire = (level: Level) => ({
  px: wireDecimal(level.price),
  sz: wireDecimal(level.size),
  n: ordersAt(level),
});

export const bboToWire = (market: CoinMarket, quote: Quote) => ({
  coin: market.coin,
  time: market.nowMs,
  bbo: [quote.bids[0], quote.asks[0]].map((level) =>
    level === undefined ? null : levelToWire(level),
  ),
});

/** How a book is asked for: levels joined to this many significant figures, the last in steps of the mantissa. */
export interface BookShape {
  readonly nSigFigs: number | null;
  readonly mantissa: number | null;
  readonly levelsMax: number;
}

export const bookToWire = (market: CoinMarket, shape: BookShape) => {
  const quote = market.quote();
  return {
    coin: market.coin,
    time: market.nowMs,
    levels: [
      joined(quote.bids, shape, Math.floor).map(levelToWire),
      joined(quote.asks, shape, Math.ceil).map(levelToWire),
    ],
  };
};

/** Bids are joined downwards and asks upwards, so that the joined book never crosses. */
function joined(
  levels: readonly Level[],
  shape: BookShape,
  round: (value: number) => number,
): readonly Level[] {
  const best = levels[0];
  if (shape.nSigFigs === null || best === undefined) return levels.slice(0, shape.levelsMax);
  const exponent = Math.floor(Math.log10(best.price)) - shape.nSigFigs + 1;
  const step = (shape.mantissa ?? 1) * 10 ** exponent;
  const sizes = new Map<number, number>();
  for (const { price, size } of levels) {
    const steps = round(price / step);
    sizes.set(steps, (sizes.get(steps) ?? 0) + size);
  }
  return [...sizes]
    .map(([steps, size]) => ({ price: steps * step, size }))
    .slice(0, shape.levelsMax);
}

/** Middle between the best bid and ask, or the last price when a side is empty. */
export function midOf(quote: Quote): number {
  const bid = quote.bids[0];
  const ask = quote.asks[0];
  return bid === undefined || ask === undefined ? quote.mark : (bid.price + ask.price) / 2;
}

export const midsToWire = (markets: Iterable<CoinMarket>): Record<Coin, string> =>
  Object.fromEntries(
    [...markets].map((market) => [market.coin, wireDecimal(midOf(market.quote()))]),
  );

export const fundingToWire = (
  coin: Coin,
  funding: { readonly timeMs: UnixMs; readonly rate: number },
) => ({
  coin,
  fundingRate: wireRate(funding.rate),
  premium: "0.0",
  time: funding.timeMs,
});
