/** Answers what `/info` is asked. */

import type { QuotedMarket } from "#runner/exchange/action-reply.ts";
import type { Exchange } from "#runner/exchange/exchange.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { AccountFill } from "#runner/exchange/outcomes.ts";
import { BOOK_LEVELS } from "#runner/exchange/quote.ts";
import { truncateUsdc } from "#runner/exchange/rounding.ts";
import {
  aggregateFills,
  assetDataToWire,
  fillToWire,
  fundingEntryToWire,
  stateToWire,
} from "#runner/exchange/wire/account.ts";
import { wireDecimal } from "#runner/exchange/wire/decimal.ts";
import {
  bookToWire,
  candleToWire,
  fundingToWire,
  midsToWire,
} from "#runner/exchange/wire/market.ts";
import {
  metaAndContextsToWire,
  metaToWire,
  OUTCOME_META,
  SPOT_META,
} from "#runner/exchange/wire/meta.ts";
import {
  frontendOrderToWire,
  historicalOrderToWire,
  orderStatusToWire,
  orderToWire,
} from "#runner/exchange/wire/orders.ts";
import { InfoRequest } from "#runner/exchange/wire/request.ts";
import { unreachable } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** `malformed` is what the exchange answers with HTTP 422: no request that it knows. */
export type InfoAnswer =
  | { readonly kind: "answer"; readonly body: unknown }
  | { readonly kind: "malformed" };

/** Fills in one answer. */
const FILLS_MAX = 2000;
/** Hours of funding in one answer, oldest first. */
const FUNDING_MAX = 500;
/** When an API wallet expires of which no time was said: 2100. */
const NEVER_MS = 4_102_444_800_000;
/** Requests that an address may send before it has traded anything. */
const REQUESTS_FREE = 10_000;

export function answerInfo(exchange: Exchange, body: unknown): InfoAnswer {
  const request = InfoRequest.safeParse(body);
  if (!request.success) return { kind: "malformed" };
  return {
    kind: "answer",
    body:
      "user" in request.data
        ? answerOfUser(exchange, request.data)
        : ofMarket(exchange, request.data),
  };
}

/** A question about an account. */
export type UserRequest = Extract<InfoRequest, { readonly user: string }>;
type MarketRequest = Exclude<InfoRequest, UserRequest>;

/** The fault "delisted". */
export function isDelisted(exchange: Exchange, coin: Coin): boolean {
  if (exchange.faults.valueOf("delisted") === undefined) return false;
  const perp = exchange.market.universe.find((one) => one.coin === coin);
  return perp !== undefined && exchange.isDelisted(perp);
}

const universeOf = (exchange: Exchange): readonly Perp[] =>
  exchange.market.universe.map((perp) => ({ ...perp, delisted: exchange.isDelisted(perp) }));

function ofMarket(exchange: Exchange, request: MarketRequest): unknown {
  const { market } = exchange;
  switch (request.type) {
    case "meta":
      return metaToWire(universeOf(exchange));
    case "spotMeta":
      return SPOT_META;
    case "outcomeMeta":
      return OUTCOME_META;
    case "perpDexs":
      return [null];
    case "allMids":
      return midsToWire(market.all());
    case "metaAndAssetCtxs":
      return metaAndContextsToWire(universeOf(exchange), market);
    case "candleSnapshot": {
      const { coin, interval, startTime, endTime } = request.req;
      if (isDelisted(exchange, coin)) return [];
      const rows = market.find(coin)?.candles(interval, startTime, endTime ?? market.nowMs);
      const omitMs = 1000 * (exchange.faults.valueOf("omit-flat") ?? 0);
      const shown = rows?.filter(
        ({ volume, openTime }) =>
          volume > 0 || openTime + TIMEFRAME_MS[interval] + omitMs <= market.nowMs || omitMs === 0,
      );
      return shown?.map((row) => candleToWire(coin, interval, row)) ?? null;
    }
    case "l2Book": {
      const found = market.find(request.coin);
      const { nSigFigs = null, mantissa = null } = request;
      // Every order in it has ended.
      if (isDelisted(exchange, request.coin)) {
        return { coin: request.coin, time: market.nowMs, levels: [[], []] };
      }
      return found === undefined
        ? null
        : bookToWire(found, { nSigFigs, mantissa, levelsMax: BOOK_LEVELS });
    }
    case "fundingHistory": {
      const { coin, startTime, endTime } = request;
      const toMs = Math.min(endTime ?? market.nowMs, market.nowMs);
      const rates = market.find(coin)?.source.funding(startTime, toMs);
      return rates?.slice(0, FUNDING_MAX).map((rate) => fundingToWire(coin, rate)) ?? null;
    }
    case "exchangeStatus":
      return exchange.faults.strikes("no-time")
        ? null
        : { specialStatuses: null, time: market.nowMs };
    default:
      return unreachable(request, "info request");
  }
}

/** What the questions about accounts need of an exchange. */
export interface Accounts extends Pick<Exchange, "users" | "matching"> {
  readonly market: Pick<QuotedMarket, "universe"> & { readonly nowMs: UnixMs };
}

export function answerOfUser(exchange: Accounts, request: UserRequest): unknown {
  const user = exchange.users.view(request.user);
  const { account, history } = user;
  const toWire = (fill: AccountFill) => fillToWire(fill, request.user);
  switch (request.type) {
    case "clearinghouseState":
      return stateToWire(account, exchange.matching.mark, exchange.market.nowMs);
    case "activeAssetData": {
      const { matching, market } = exchange;
      const perp = market.universe.find((each) => each?.coin === request.coin);
      if (perp === undefined || !matching.hasMark(perp)) return null;
      return assetDataToWire(account, perp, matching.mark, request.user);
    }
    case "openOrders":
      return [...account.orders.values()].map((order) => orderToWire(order, order.remaining));
    case "frontendOpenOrders":
      return [...account.orders.values()].map(frontendOrderToWire);
    case "historicalOrders":
      return history.newestOrders().map(historicalOrderToWire);
    case "userFunding":
      return between(history.newestFundings(), request)
        .slice(0, FUNDING_MAX)
        .map(fundingEntryToWire);
    case "userFills":
      return shaped(history.newestFills(), request).slice(-FILLS_MAX).toReversed().map(toWire);
    case "userFillsByTime":
      return fillsBetween(shaped(history.newestFills(), request), request).map(toWire);
    case "orderStatus": {
      const order = history.findOrder(request.oid);
      return order === undefined ? { status: "unknownOid" } : orderStatusToWire(order);
    }
    case "userRateLimit":
      return {
        cumVlm: wireDecimal(truncateUsdc(account.volume)),
        nRequestsUsed: user.requests,
        nRequestsCap: REQUESTS_FREE + Math.floor(account.volume),
        nRequestsSurplus: 0,
      };
    case "userRole":
      return roleOf(exchange, request.user);
    case "extraAgents":
      return exchange.users
        .agentsOf(request.user)
        .map(({ agent, name, validUntilMs = NEVER_MS }) => ({
          name,
          address: agent,
          validUntil: validUntilMs,
        }));
    default:
      return unreachable(request, "info request");
  }
}

const shaped = (
  fills: readonly AccountFill[],
  request: { readonly aggregateByTime?: boolean | null | undefined },
): readonly AccountFill[] => (request.aggregateByTime === true ? aggregateFills(fills) : fills);

function fillsBetween(
  fills: readonly AccountFill[],
  request: Extract<InfoRequest, { type: "userFillsByTime" }>,
): readonly AccountFill[] {
  const within = between(fills, request);
  const ordered = request.reversed === true ? within.toReversed() : within;
  return ordered.slice(0, FILLS_MAX);
}

function between<T extends { readonly timeMs: UnixMs }>(
  items: readonly T[],
  range: {
    readonly startTime?: number | null | undefined;
    readonly endTime?: number | null | undefined;
  },
): readonly T[] {
  const from = range.startTime ?? 0;
  const to = range.endTime ?? Number.POSITIVE_INFINITY;
  return items.filter(({ timeMs }) => timeMs >= from && timeMs <= to);
}

function roleOf({ users }: Accounts, address: string): unknown {
  const master = users.masterOf(address);
  if (master !== undefined) return { role: "agent", data: { user: master } };
  return { role: users.find(address) === undefined ? "missing" : "user" };
}
