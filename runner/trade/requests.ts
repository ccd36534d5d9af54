/** What an author asks of `this.trade`, and what comes back. Prices in USDC, sizes in coin and positive. */
import type { Side, TimeInForce } from "#shared/order.ts";

export interface MarketRequest {
  readonly coin: string;
  readonly side: Side;
  readonly size: number;
  /**
   * How much worse than the best price it may fill, as a ratio of it; what is left beyond is not filled.
   * @default 0.05
   */
  readonly slippage?: number;
  /** Only make a position smaller. @default false */
  readonly reduceOnly?: boolean;
}

export interface LimitRequest {
  readonly coin: string;
  readonly side: Side;
  readonly size: number;
  /** Rounded to the coin's tick, away from the market: a buy down, a sell up. */
  readonly price: number;
  /** @default "gtc" */
  readonly timeInForce?: TimeInForce;
  /** Only make a position smaller. @default false */
  readonly reduceOnly?: boolean;
}

/** A stop or a take-profit: an order that waits for the mark price. It only makes a position smaller. */
export interface TriggerRequest {
  readonly coin: string;
  /** Of the order: a long position is closed by a `sell`. */
  readonly side: Side;
  readonly size: number;
  /** The mark price at which it becomes alive. */
  readonly trigger: number;
  /** A limit for it then; without one it is a market order. */
  readonly price?: number;
}

export interface CloseRequest {
  readonly coin: string;
  /** As of a market order. @default 0.05 */
  readonly slippage?: number;
}

export interface CancelRequest {
  readonly coin: string;
  readonly orderId: number;
}

export interface LeverageRequest {
  readonly coin: string;
  readonly leverage: number;
  /** Margin of this position alone instead of the whole account's. @default false */
  readonly isolated?: boolean;
}

interface Rejected {
  readonly kind: "rejected";
  /** In the exchange's words where it was the exchange. */
  readonly reason: string;
}

/**
 * What became of an order. `filled`: at once, `size` of it, which may be less than asked. `resting`:
 * it is in the book, or waits for its trigger. `rejected`: there is certainly no such order.
 */
export type OrderResult =
  | {
      readonly kind: "filled";
      readonly orderId: number;
      readonly clientOrderId: string;
      /** What was filled, in coin. */
      readonly size: number;
      /** The average of it. */
      readonly price: number;
    }
  | {
      readonly kind: "resting";
      readonly orderId: number;
      readonly clientOrderId: string;
      readonly size: number;
      /** The limit, as rounded. */
      readonly price: number;
    }
  | Rejected;

export type CancelResult = { readonly kind: "cancelled" } | Rejected;
export type LeverageResult = { readonly kind: "set" } | Rejected;

export interface CancelAllResult {
  /** Number of orders that were cancelled. */
  readonly cancelled: number;
  /** What was not, e.g. because it was filled meanwhile. */
  readonly rejected: readonly { readonly orderId: number; readonly reason: string }[];
}

/** An order of this strategy in the book. */
export interface OpenOrder {
  readonly coin: string;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly price: number;
  /** What is left of it. */
  readonly size: number;
  /** What was asked. */
  readonly sizeAsked: number;
}
