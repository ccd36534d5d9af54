/** The universe and each coin's context in the exchange's forms. */

import type { Perp } from "#runner/exchange/instruments.ts";
import type { CoinMarket } from "#runner/exchange/market/coin-market.ts";
import { FUNDING_BASELINE } from "#runner/exchange/market/funding-hours.ts";
import type { Market } from "#runner/exchange/market/market.ts";
import { truncate } from "#runner/exchange/rounding.ts";
import { wireDecimal, wireRate } from "#runner/exchange/wire/decimal.ts";
import { midOf } from "#runner/exchange/wire/market.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** From this id on a margin table is named in `marginTables`; below, it is the flat one of that leverage. */
const FIRST_NAMED_MARGIN_TABLE = 50;

export const metaToWire = (universe: readonly Perp[]) => ({
  universe: universe.map((perp) => ({
    szDecimals: perp.sizeDecimals,
    name: perp.coin,
    maxLeverage: perp.maxLeverage,
    marginTableId: perp.marginTableId,
    ...(perp.delisted ? { isDelisted: true } : {}),
  })),
  marginTables: universe
    .filter((perp) => perp.marginTableId >= FIRST_NAMED_MARGIN_TABLE)
    .map((perp) => [
      perp.marginTableId,
      {
        description: `tiered ${perp.maxLeverage}x`,
        marginTiers: perp.marginTiers.map(({ lowerBound, maxLeverage }) => ({
          lowerBound: wireDecimal(lowerBound),
          maxLeverage,
        })),
      },
    ]),
  collateralToken: 0,
});

export const metaAndContextsToWire = (universe: readonly Perp[], market: Market) => [
  metaToWire(universe),
  universe.map((perp) => contextToWire(market.of(perp.coin))),
];

/** Open interest of the simulated market, as a share of a day's turnover. */
const OPEN_INTEREST_SHARE = 0.5;
const DAY_MS = TIMEFRAME_MS["1d"];
const HOUR_MS = TIMEFRAME_MS["1h"];

/** The simulator has one price: mark, oracle and last trade are the same. */
export function contextToWire(market: CoinMarket) {
  const quote = market.quote();
  const hours = market.candles("1h", market.nowMs - DAY_MS + HOUR_MS, market.nowMs);
  const dayVolume = hours.reduce((sum, row) => sum + row.volume, 0);
  const funding = market.source.funding(market.nowMs - DAY_MS, market.nowMs).at(-1);
  const { dayNotional, rules } = market.source;
  const interest = (dayNotional * OPEN_INTEREST_SHARE) / quote.mark;
  return {
    funding: wireRate(funding?.rate ?? FUNDING_BASELINE),
    openInterest: wireDecimal(truncate(interest, rules.sizeDecimals)),
    prevDayPx: wireDecimal(hours[0]?.open ?? quote.mark),
    dayNtlVlm: wireDecimal(truncate(dayVolume * quote.mark, 6)),
    premium: "0.0",
    oraclePx: wireDecimal(quote.mark),
    markPx: wireDecimal(quote.mark),
    midPx: wireDecimal(midOf(quote)),
    impactPxs: [quote.bids[0]?.price, quote.asks[0]?.price].map((price) =>
      wireDecimal(price ?? quote.mark),
    ),
    dayBaseVlm: wireDecimal(dayVolume),
  };
}

export const SPOT_META = {
  universe: [],
  tokens: [
    {
      name: "USDC",
      szDecimals: 8,
      weiDecimals: 8,
      index: 0,
      tokenId: "0x6d1e7cde53ba9467b783cb7c530ce054",
      isCanonical: true,
      evmContract: null,
      fullName: null,
      deployerTradingFeeShare: "0.0",
    },
  ],
};

export const OUTCOME_META = { outcomes: [], questions: [] };
