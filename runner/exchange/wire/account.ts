/** An account's state, fills and funding in the exchange's forms. */

import {
  type Account,
  type Leverage,
  type Position,
  roundToLot,
} from "#runner/exchange/account.ts";
import {
  accountMargin,
  type MarginSummary,
  type Marks,
  positionMargin,
  tradable,
} from "#runner/exchange/account-margin.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { AccountFill, FundingPayment, Liquidation } from "#runner/exchange/outcomes.ts";
import { roundTo, roundUsdc, truncate } from "#runner/exchange/rounding.ts";
import { wireDecimal, wireRate, wireUsdc } from "#runner/exchange/wire/decimal.ts";
import { cloidOf, PRICE_DECIMALS } from "#runner/exchange/wire/orders.ts";
import type { UnixMs } from "#shared/clock.ts";
import { roundSize } from "#shared/instrument.ts";
import { toWireSide } from "#shared/order.ts";
import type { Address } from "#shared/sim-options.ts";

/** Decimals of `returnOnEquity`. */
const RATIO_DECIMALS = 10;
/** Decimals of a calculated price that is no price of an order. */
const LIQUIDATION_DECIMALS = 8;

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

/** What a coin's leverage and the free margin allow; the first of each pair is for a buy. */
export function assetDataToWire(account: Account, perp: Perp, marks: Marks, user: Address) {
  const mark = marks(perp);
  const leverage = account.leverageOf(perp);
  const { buy, sell } = tradable(account, perp, marks);
  return {
    user,
    coin: perp.coin,
    leverage: leverageToWire(leverage, account.positions.get(perp.assetId)),
    maxTradeSzs: [buy, sell].map((usdc) => wireDecimal(roundSize(usdc / mark, perp.sizeDecimals))),
    availableToTrade: [buy, sell].map((usdc) => wireUsdc(usdc / leverage.value)),
    markPx: wireDecimal(mark),
  };
}

function leverageToWire({ kind, value }: Leverage, position: Position | undefined) {
  if (kind === "cross") return { type: "cross", value };
  const { collateral = 0, entryPrice = 0, size = 0 } = position ?? {};
  return { type: "isolated", value, rawUsd: wireUsdc(collateral - entryPrice * size) };
}

const summaryToWire = (summary: MarginSummary) => ({
  accountValue: wireUsdc(summary.accountValue),
  totalNtlPos: wireUsdc(summary.totalNotional),
  totalRawUsd: wireUsdc(summary.totalRawUsd),
  totalMarginUsed: wireUsdc(summary.totalMarginUsed),
});

function positionToWire(account: Account, position: Position, marks: Marks) {
  const { perp, size, entryPrice } = position;
  const margin = positionMargin(account, position, marks);
  const funding = account.fundingOf(perp);
  const liquidation = margin.liquidationPrice;
  return {
    coin: perp.coin,
    szi: wireDecimal(size),
    leverage: leverageToWire(account.leverageOf(perp), position),
    entryPx: wireDecimal(roundTo(entryPrice, PRICE_DECIMALS - perp.sizeDecimals)),
    positionValue: wireUsdc(margin.notional),
    unrealizedPnl: wireUsdc(margin.unrealizedPnl),
    returnOnEquity: wireRate(truncate(margin.returnOnEquity, RATIO_DECIMALS)),
    liquidationPx:
      liquidation === undefined ? null : wireDecimal(truncate(liquidation, LIQUIDATION_DECIMALS)),
    marginUsed: wireUsdc(margin.marginUsed),
    maxLeverage: perp.maxLeverage,
    cumFunding: {
      allTime: wireUsdc(funding.allTime),
      sinceOpen: wireUsdc(funding.sinceOpen),
      sinceChange: wireUsdc(funding.sinceChange),
    },
  };
}

/** `user` is whose account it is. */
export const fillToWire = (fill: AccountFill, user: Address) => ({
  coin: fill.order.perp.coin,
  px: wireDecimal(fill.price),
  sz: wireDecimal(fill.size),
  side: toWireSide(fill.order.side),
  time: fill.timeMs,
  startPosition: wireDecimal(fill.startPosition),
  dir: fill.direction,
  closedPnl: wireDecimal(fill.closedPnl),
  hash: hashOf(fill.tradeId),
  oid: fill.order.id,
  crossed: fill.taker,
  fee: wireDecimal(fill.fee),
  ...(fill.builderFee === undefined ? {} : { builderFee: wireDecimal(fill.builderFee) }),
  tid: fill.tradeId,
  ...cloidOf(fill.order),
  feeToken: "USDC",
  twapId: null,
  ...(fill.liquidation === undefined
    ? {}
    : {
        liquidation: {
          liquidatedUser: user,
          markPx: wireDecimal(fill.liquidation.markPrice),
          method: fill.liquidation.method,
        },
      }),
});

/** Something that looks like the hash of a transaction; there is no chain under the simulator. */
const hashOf = (id: number): string => `0x${id.toString(16).padStart(64, "0")}`;

export const fundingPaymentToWire = (payment: FundingPayment) => ({
  time: payment.timeMs,
  coin: payment.perp.coin,
  usdc: wireDecimal(payment.usdc),
  szi: wireDecimal(payment.size),
  fundingRate: wireRate(payment.rate),
  nSamples: null,
});

/** As `userFunding` lists it. */
export const fundingEntryToWire = (payment: FundingPayment) => {
  const { time, ...delta } = fundingPaymentToWire(payment);
  return { time, hash: hashOf(time), delta: { type: "funding", ...delta } };
};

/** Who takes positions over; the market's side has no account. */
const LIQUIDATOR = `0x${"0".repeat(39)}3`;

export const liquidationToWire = (liquidation: Liquidation, user: Address) => ({
  lid: liquidation.id,
  liquidator: LIQUIDATOR,
  liquidated_user: user,
  liquidated_ntl_pos: wireUsdc(liquidation.notional),
  liquidated_account_value: wireUsdc(liquidation.value),
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
      builderFee:
        fill.builderFee === undefined
          ? undefined
          : roundUsdc((last.builderFee ?? 0) + fill.builderFee),
      closedPnl: roundUsdc(last.closedPnl + fill.closedPnl),
    };
  }
  return joined;
}
