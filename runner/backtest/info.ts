/** What `this.info` answers in a backtest: the account, and of the market only what has closed. */
import { NotInBacktestError } from "#runner/backtest/errors.ts";
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import { cell, countUntil, type Tape } from "#runner/backtest/tape.ts";
import { answerOfUser } from "#runner/exchange/info.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { wireDecimal } from "#runner/exchange/wire/decimal.ts";
import { candleToWire } from "#runner/exchange/wire/market.ts";
import { metaToWire, OUTCOME_META, SPOT_META } from "#runner/exchange/wire/meta.ts";
import { InfoRequest } from "#runner/exchange/wire/request.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

type MarketRequest = Exclude<InfoRequest, { readonly user: string }>;

/** Candles in one answer, as on the exchange. */
const CANDLES_MAX = 5000;

/** Throws `NotInBacktestError`. */
export function answerInfo(exchange: BacktestExchange, payload: unknown): unknown {
  const request = InfoRequest.safeParse(payload);
  if (!request.success) throw new NotInBacktestError("this form of request");
  if ("user" in request.data) return answerOfUser(exchange, request.data);
  return ofMarket(exchange, request.data);
}

function ofMarket(exchange: BacktestExchange, request: MarketRequest): unknown {
  switch (request.type) {
    case "meta":
      return metaToWire(exchange.market.universe.map((perp, assetId) => perp ?? unlisted(assetId)));
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
    case "candleSnapshot": {
      const { coin, interval, startTime, endTime } = request.req;
      const series = exchange.series.find(
        (each) => each.coin === coin && each.timeframe === interval,
      );
      const span = { fromMs: startTime, toMs: endTime ?? Number.POSITIVE_INFINITY };
      return series === undefined ? [] : candlesToWire(series, span, exchange.market.nowMs);
    }
    case "exchangeStatus":
      return { specialStatuses: null, time: exchange.market.nowMs };
    default:
      throw new NotInBacktestError(`\`${request.type}\``);
  }
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
