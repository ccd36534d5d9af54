/**
 * What `this.info` answers in a backtest: the strategy's own account, and of the market only what has closed.
 * What is not known is refused, so that no strategy takes an empty list for an answer.
 */
import { z } from "zod";
import { contextToWire, UNKNOWN } from "#runner/backtest/asset-context.ts";
import { NotInBacktestError } from "#runner/backtest/errors.ts";
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import { cell, countUntil, type Tape } from "#runner/backtest/tape.ts";
import { answerOfUser } from "#runner/exchange/info.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { wireDecimal } from "#runner/exchange/wire/decimal.ts";
import { candleToWire, fundingToWire } from "#runner/exchange/wire/market.ts";
import { metaToWire, OUTCOME_META, SPOT_META } from "#runner/exchange/wire/meta.ts";
import { InfoRequest } from "#runner/exchange/wire/request.ts";
import { unreachable } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

type MarketRequest = Exclude<InfoRequest, { readonly user: string }>;

/** Candles in one answer, as on the exchange. */
const CANDLES_MAX = 5000;

/** Hours of funding in one answer, oldest first, as on the exchange. */
const FUNDING_MAX = 500;

/** What every request has. */
const NamedRequest = z.object({ type: z.string() });

/** Throws `NotInBacktestError`. */
export function answerInfo(exchange: BacktestExchange, payload: unknown): unknown {
  const request = InfoRequest.safeParse(payload);
  if (!request.success) {
    const named = NamedRequest.safeParse(payload);
    const type = named.success ? named.data.type : "a request without a type";
    throw new NotInBacktestError(type, "candles and funding rates do not tell it in this form");
  }
  if (!("user" in request.data)) return ofMarket(exchange, request.data);
  const { type, user } = request.data;
  if (!exchange.user.addresses.includes(user)) {
    throw new NotInBacktestError(type, `there is one account, \`this.account\`, not ${user}`);
  }
  const question = request.data;
  // The core is told the last closes first: it hears of candles only in which something can happen.
  return exchange.change(() => answerOfUser(exchange, question));
}

function ofMarket(exchange: BacktestExchange, request: MarketRequest): unknown {
  switch (request.type) {
    case "meta":
      return metaToWire(universeOf(exchange));
    case "metaAndAssetCtxs":
      return [
        metaToWire(universeOf(exchange)),
        universeOf(exchange).map(({ coin }) => contextToWire(exchange, coin)),
      ];
    case "spotMeta":
      return SPOT_META;
    case "outcomeMeta":
      return OUTCOME_META;
    case "perpDexs":
      return [null];
    case "allMids":
      return Object.fromEntries(
        exchange.tapes
          .filter(({ last }) => !Number.isNaN(last))
          .map(({ perp, last }) => [perp.coin, wireDecimal(last)]),
      );
    case "l2Book": {
      const tape = exchange.tapeOf(request.coin);
      return tape === undefined || Number.isNaN(tape.last) ? null : bookToWire(exchange, tape);
    }
    case "candleSnapshot":
      return candlesOf(exchange, request.req);
    case "fundingHistory":
      return fundingsOf(exchange, request);
    case "exchangeStatus":
      return { specialStatuses: null, time: exchange.market.nowMs };
    default:
      return unreachable(request, "info request");
  }
}

function candlesOf(
  { series, market }: BacktestExchange,
  { coin, interval, startTime, endTime }: Extract<MarketRequest, { type: "candleSnapshot" }>["req"],
): unknown[] {
  const found = series.find((each) => each.coin === coin && each.timeframe === interval);
  if (found === undefined) {
    throw new NotInBacktestError(
      "candleSnapshot",
      `\`feeds()\` did not ask for ${coin} ${interval}`,
    );
  }
  const span = { fromMs: startTime, toMs: endTime ?? Number.POSITIVE_INFINITY };
  return candlesToWire(found, span, market.nowMs);
}

/** The rates since the run began. */
function fundingsOf(
  { funding, market }: BacktestExchange,
  { coin, startTime, endTime }: Extract<MarketRequest, { type: "fundingHistory" }>,
): unknown[] {
  const rates = funding.get(coin);
  if (rates === undefined) {
    throw new NotInBacktestError("fundingHistory", `the run has no funding rates of ${coin}`);
  }
  return rates
    .between(startTime, Math.min(endTime ?? market.nowMs, market.nowMs))
    .slice(0, FUNDING_MAX)
    .map((rate) => ({ ...fundingToWire(coin, rate), premium: UNKNOWN }));
}

/** Closed candles that overlap the span, the newest 5000 of them. */
function candlesToWire(
  { coin, timeframe, columns }: SeriesColumns,
  { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  nowMs: UnixMs,
): unknown[] {
  const lengthMs = TIMEFRAME_MS[timeframe];
  const end = countUntil(columns.openTime, Math.min(toMs, nowMs - lengthMs));
  const start = Math.max(countUntil(columns.openTime, fromMs - lengthMs), end - CANDLES_MAX);
  return Array.from({ length: Math.max(0, end - start) }, (_, offset) => {
    const at = (column: Float64Array): number => cell(column, start + offset);
    return candleToWire(coin, timeframe, {
      openTime: at(columns.openTime),
      open: at(columns.open),
      high: at(columns.high),
      low: at(columns.low),
      close: at(columns.close),
      volume: at(columns.volume),
      trades: at(columns.trades),
    });
  });
}

/** Size of the one level that stands on each side: more than any order takes. */
const LEVEL_SIZE = 1e9;

const level = (price: number) => [{ px: wireDecimal(price), sz: wireDecimal(LEVEL_SIZE), n: 1 }];

/** Around the last close, at the distance at which orders fill. */
function bookToWire(exchange: BacktestExchange, { perp, last }: Tape): unknown {
  const { slippage, market } = exchange;
  return {
    coin: perp.coin,
    time: market.nowMs,
    levels: [level(last * (1 - slippage)), level(last * (1 + slippage))],
  };
}

const universeOf = ({ market }: BacktestExchange): readonly Perp[] =>
  Array.from(market.universe, (perp, assetId) => perp ?? unlisted(assetId));

/** Asset ids are places in a list: those of coins that are not in the run are there, too. */
const unlisted = (assetId: number): Perp => ({
  coin: `UNLISTED-${assetId}`,
  assetId,
  sizeDecimals: 0,
  maxLeverage: 1,
  delisted: true,
  marginTableId: 1,
  marginTiers: [{ lowerBound: 0, maxLeverage: 1 }],
});
