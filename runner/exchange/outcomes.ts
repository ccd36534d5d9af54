/** What the matching core tells: of orders, fills, funding and liquidations. */

import type { Account, Booked } from "#runner/exchange/account.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Order, OrderStatus, Rejection } from "#runner/exchange/orders.ts";
import { unreachable } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Fill } from "#shared/order.ts";

/** How a position was closed for its owner: on the market, or taken over by the backstop vault. */
export type LiquidationMethod = "market" | "backstop";

/** A trade of an account. Price in USDC, size in coin, fee in USDC. */
export interface AccountFill extends Booked {
  readonly order: Order;
  readonly tradeId: number;
  readonly price: number;
  readonly size: number;
  /** With what the builder gets. */
  readonly fee: number;
  /** Undefined when no builder sent the order. */
  readonly builderFee: number | undefined;
  readonly taker: boolean;
  readonly timeMs: UnixMs;
  readonly liquidation:
    | { readonly markPrice: number; readonly method: LiquidationMethod }
    | undefined;
}

/** A fill as its owner is told of it. */
export function toFill(fill: AccountFill): Fill {
  const { order, tradeId, price, size, timeMs, fee, closedPnl, taker } = fill;
  return {
    tradeId,
    orderId: order.id,
    clientOrderId: order.clientOrderId,
    coin: order.perp.coin,
    side: order.side,
    price,
    size,
    timeMs,
    fee,
    closedPnl,
    taker,
  };
}

/** One hour's funding of one position. */
export interface FundingPayment {
  readonly account: Account;
  readonly perp: Perp;
  /** Signed, in coin, as held at the hour. */
  readonly size: number;
  readonly rate: number;
  /** Negative when the account paid. */
  readonly usdc: number;
  readonly timeMs: UnixMs;
}

/** An account, or one isolated position of it, that was worth less than its maintenance margin. */
export interface Liquidation {
  readonly account: Account;
  readonly id: number;
  /** Of the positions concerned, and what they were worth with their margin, in USDC. */
  readonly notional: number;
  readonly value: number;
  readonly method: LiquidationMethod;
  readonly timeMs: UnixMs;
}

export type Outcome =
  | { readonly kind: "fill"; readonly fill: AccountFill }
  | {
      readonly kind: "update";
      readonly order: Order;
      readonly status: OrderStatus;
      /** Left of it then, in coin. */
      readonly remaining: number;
      readonly timeMs: UnixMs;
    }
  | { readonly kind: "funding"; readonly payment: FundingPayment }
  | { readonly kind: "liquidation"; readonly liquidation: Liquidation };

/** Whose account an outcome is about. */
export function accountOf(outcome: Outcome): Account {
  switch (outcome.kind) {
    case "fill":
      return outcome.fill.order.account;
    case "update":
      return outcome.order.account;
    case "funding":
      return outcome.payment.account;
    case "liquidation":
      return outcome.liquidation.account;
    default:
      return unreachable(outcome, "outcome");
  }
}

export type Reply =
  | { readonly kind: "resting"; readonly order: Order }
  /** A child of a parent that has not filled, or whose trigger it is that counts from now on. */
  | { readonly kind: "waitingForFill" | "waitingForTrigger"; readonly order: Order }
  /** Size in coin; less than the order when an `ioc` found no more, or when the rest of a `gtc` rests. */
  | {
      readonly kind: "filled";
      readonly order: Order;
      readonly size: number;
      readonly averagePrice: number;
    }
  | { readonly kind: "rejected"; readonly order: Order; readonly rejection: Rejection };

/** When something happens, and where what comes of it is gathered. */
export interface Moment {
  readonly nowMs: UnixMs;
  readonly outcomes: Outcome[];
}
