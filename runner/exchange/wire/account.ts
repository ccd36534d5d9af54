/** An account's state, orders and fills in the exchange's forms. */

import { type Account, type Position, roundToLot } from "#runner/exchange/account.ts";
import {
  accountMargin,
  type MarginSummary,
  type Marks,
  positionMargin,
} from "#runner/exchange/account-margin.ts";
import type { AccountFill, Outcome } from "#runner/exchange/matching.ts";
import type { Order, OrderTimeInForce } from "#runner/exchange/orders.ts";
import { roundTo, roundUsdc, truncate } from "#runner/exchange/rounding.ts";
import { wireDecimal, wireRate, wireUsdc } from "#runner/exchange/wire/decimal.ts";
import type { UnixMs } from "#shared/clock.ts";
import { formatDecimal } from "#shared/instrument.ts";
import { toWireSide } from "#shared/order.ts";

/** Decimals of `returnOnEquity`. */
const RATIO_DECIMALS = 10;
/** Decimals of a calculated price that is no price of an order. */
const LIQUIDATION_DECIMALS = 8;
const PRICE_DECIMALS = 6;

export function stateToWire(account: Account, marks: Marks, nowMs: UnixMs) {
  const margin = accountMargin(account, marks);
  return {
    marginSummary: summaryToWire(margin.all),
    crossMarginSummary: summaryToWire(margin.cross),
    crossMaintenanceMarginUsed: wireUsdc(margin.crossMaintenance),
    withdrawable: wireUsdc(margin.withdrawable),
    assetPositions: [...account.positions.values()]
      .toSorted((a, b) => a.perp.assetId - b.perp.assetId)
      .map((position) => ({
        type: "oneWay",
        position: positionToWire(account, position, marks),
      })),
    time: nowMs,
  };
}

const summaryToWire = (summary: MarginSummary) => ({
  accountValue: wireUsdc(summary.accountValue),
  totalNtlPos: wireUsdc(summary.totalNotional),
  totalRawUsd: wireUsdc(summary.totalRawUsd),
  totalMarginUsed: wireUsdc(summary.totalMarginUsed),
});

function positionToWire(account: Account, position: Position, marks: Marks) {
  const { perp, size, entryPrice, collateral } = position;
  const margin = positionMargin(account, position, marks);
  const leverage = account.leverageOf(perp);
  const liquidation = margin.liquidationPrice;
  return {
    coin: perp.coin,
    szi: wireDecimal(size),
    leverage:
      leverage.kind === "cross"
        ? { type: "cross", value: leverage.value }
        : {
            type: "isolated",
            value: leverage.value,
            rawUsd: wireUsdc(collateral - entryPrice * size),
          },
    entryPx: wireDecimal(roundTo(entryPrice, PRICE_DECIMALS - perp.sizeDecimals)),
    positionValue: wireUsdc(margin.notional),
    unrealizedPnl: wireUsdc(margin.unrealizedPnl),
    returnOnEquity: wireRate(truncate(margin.returnOnEquity, RATIO_DECIMALS)),
    liquidationPx:
      liquidation === undefined ? null : wireDecimal(truncate(liquidation, LIQUIDATION_DECIMALS)),
    marginUsed: wireUsdc(margin.marginUsed),
    maxLeverage: perp.maxLeverage,
    // Funding is not paid in this market.
    cumFunding: { allTime: "0.0", sinceOpen: "0.0", sinceChange: "0.0" },
  };
}

/** Average price of a fill that took several levels, as a reply writes it (no `.0`). */
export const averagePriceToWire = (order: Order, price: number): string =>
  formatDecimal(roundTo(price, PRICE_DECIMALS - order.perp.sizeDecimals));

const cloidOf = (order: Order) =>
  order.clientOrderId === null ? {} : { cloid: order.clientOrderId };

/** An open order, and the order part of an `orderUpdates` frame; `remaining` in coin. */
export const orderToWire = (order: Order, remaining: number) => ({
  coin: order.perp.coin,
  side: toWireSide(order.side),
  limitPx: wireDecimal(order.price),
  sz: wireDecimal(remaining),
  oid: order.id,
  timestamp: order.placedMs,
  origSz: wireDecimal(order.size),
  ...cloidOf(order),
  ...(order.reduceOnly ? { reduceOnly: true } : {}),
});

export const updateToWire = (update: Extract<Outcome, { kind: "update" }>) => ({
  order: orderToWire(update.order, update.remaining),
  status: update.status,
  statusTimestamp: update.timeMs,
});

const TIF: Readonly<Record<OrderTimeInForce, string>> = {
  gtc: "Gtc",
  ioc: "Ioc",
  alo: "Alo",
  frontendMarket: "FrontendMarket",
};

export const orderStatusToWire = (order: Order) => ({
  status: "order",
  order: {
    order: {
      coin: order.perp.coin,
      side: toWireSide(order.side),
      limitPx: wireDecimal(order.price),
      sz: wireDecimal(order.remaining),
      oid: order.id,
      timestamp: order.placedMs,
      triggerCondition: "N/A",
      isTrigger: false,
      triggerPx: "0.0",
      children: [],
      isPositionTpsl: false,
      reduceOnly: order.reduceOnly,
      orderType: order.timeInForce === "frontendMarket" ? "Market" : "Limit",
      origSz: wireDecimal(order.size),
      tif: TIF[order.timeInForce],
      cloid: order.clientOrderId,
    },
    status: order.status,
    statusTimestamp: order.statusMs,
  },
});

export const fillToWire = (fill: AccountFill) => ({
  coin: fill.order.perp.coin,
  px: wireDecimal(fill.price),
  sz: wireDecimal(fill.size),
  side: toWireSide(fill.order.side),
  time: fill.timeMs,
  startPosition: wireDecimal(fill.startPosition),
  dir: fill.direction,
  closedPnl: wireDecimal(fill.closedPnl),
  hash: `0x${fill.tradeId.toString(16).padStart(64, "0")}`,
  oid: fill.order.id,
  crossed: fill.taker,
  fee: wireDecimal(fill.fee),
  tid: fill.tradeId,
  ...cloidOf(fill.order),
  feeToken: "USDC",
  twapId: null,
});

/**
 * Fills that one order took at one moment as one, at their average price: what `aggregateByTime` asks
 * for. Oldest first, as they are given.
 */
export function aggregateFills(fills: readonly AccountFill[]): readonly AccountFill[] {
  const joined: AccountFill[] = [];
  for (const fill of fills) {
    const last = joined.at(-1);
    const belongs =
      last !== undefined && last.order === fill.order && last.timeMs === fill.timeMs && fill.taker;
    if (!belongs) {
      joined.push(fill);
      continue;
    }
    const size = roundToLot(last.size + fill.size, fill.order.perp);
    const price = (last.price * last.size + fill.price * fill.size) / size;
    joined[joined.length - 1] = {
      ...last,
      size,
      price: roundTo(price, PRICE_DECIMALS - fill.order.perp.sizeDecimals),
      fee: roundUsdc(last.fee + fill.fee),
      closedPnl: roundUsdc(last.closedPnl + fill.closedPnl),
    };
  }
  return joined;
}
