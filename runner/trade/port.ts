/**
 * What `this.trade` needs of an exchange: the SDK's clients on a network, the matching core itself in
 * a simulation. Everything is rounded and checked before it comes here.
 */
import type { Instrument } from "#shared/instrument.ts";
import type { Side, TimeInForce } from "#shared/order.ts";

export interface OrderTicket {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly size: number;
  readonly price: number;
  readonly reduceOnly: boolean;
  readonly clientOrderId: `0x${string}`;
  readonly type:
    | { readonly kind: "limit"; readonly timeInForce: TimeInForce }
    | {
        readonly kind: "trigger";
        readonly trigger: number;
        readonly isMarket: boolean;
        readonly purpose: "stop" | "takeProfit";
      };
}

interface Rejected {
  readonly kind: "rejected";
  readonly reason: string;
}
/** No answer: an action may or may not have reached the exchange. */
export interface Lost {
  readonly kind: "lost";
  readonly problem: string;
}

export type PlaceOutcome =
  | {
      readonly kind: "filled";
      readonly orderId: number;
      readonly size: number;
      readonly price: number;
    }
  | { readonly kind: "resting"; readonly orderId: number }
  | Rejected
  | Lost;

/** What became of an order that was sent, asked afterwards. */
export type OrderFate =
  | {
      readonly kind: "filled";
      readonly orderId: number;
      readonly size: number;
      readonly price: number;
    }
  | { readonly kind: "resting"; readonly orderId: number }
  /** It ended without a fill. */
  | Rejected
  /** The exchange knows no such order (yet). */
  | { readonly kind: "unknown" }
  | Lost;

/** An order in the book, whoever's it is. */
export interface BookedOrder {
  readonly coin: string;
  readonly orderId: number;
  readonly clientOrderId: string | null;
  readonly side: Side;
  readonly price: number;
  readonly size: number;
  readonly sizeAsked: number;
}

export interface CancelTicket {
  readonly instrument: Instrument;
  readonly orderId: number;
}

export type CancelOutcome = { readonly kind: "cancelled" } | Rejected;
export type LeverageOutcome = { readonly kind: "set" } | Rejected;

export interface CancelReply {
  readonly kind: "answered";
  readonly outcomes: readonly CancelOutcome[];
}

export interface TopOfBook {
  readonly kind: "book";
  /** Best prices; undefined where that side is empty. */
  readonly bid: number | undefined;
  readonly ask: number | undefined;
}

export interface HeldPosition {
  readonly kind: "position";
  /** Signed, in coin: long above 0; 0 is none. */
  readonly size: number;
}

/**
 * What a network tells later, a simulation in this process tells at once: whoever asks awaits only a
 * promise, because an `await` costs a backtest as much as a third of its order.
 */
export type Soon<T> = T | Promise<T>;

export interface TradePort {
  /** Throws `UnknownCoinError`. */
  instrument(coin: string): Soon<Instrument>;
  topOfBook(coin: string): Soon<TopOfBook | Lost>;
  /** Sends it once. */
  place(ticket: OrderTicket): Soon<PlaceOutcome>;
  fateOf(clientOrderId: `0x${string}`): Promise<OrderFate>;
  openOrders(): Promise<readonly BookedOrder[]>;
  /** One outcome a ticket, in their order. */
  cancel(tickets: readonly CancelTicket[]): Promise<CancelReply | Lost>;
  setLeverage(
    instrument: Instrument,
    leverage: number,
    isCross: boolean,
  ): Promise<LeverageOutcome | Lost>;
  position(coin: string): Soon<HeldPosition | Lost>;
}
