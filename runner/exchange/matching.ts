/**
 * The matching core: what becomes of orders. Pure of sockets, files and clocks, so that the simulated
 * exchange, paper trading and backtests share it.
 *
 * The market is the counterparty of every fill: accounts never trade with each other. An order that
 * crosses the quote walks its levels at once; what rests fills when a trade of the market goes through
 * its price by at least one tick, then wholly, whatever the size of that trade.
 */

import { type Account, type Booked, bookFill, roundToLot } from "#runner/exchange/account.ts";
import {
  coinMargin,
  committedMargin,
  crossValue,
  type Marks,
} from "#runner/exchange/account-margin.ts";
import { BASE_FEES, type FeeRates, feeOf } from "#runner/exchange/fees.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { tierAt } from "#runner/exchange/margin.ts";
import {
  type Order,
  type OrderRequest,
  type OrderStatus,
  type Rejection,
  rejectedStatus,
} from "#runner/exchange/orders.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import {
  notionalOf,
  refusal,
  refusalToMatch,
  type Take,
  takesOf,
} from "#runner/exchange/refusals.ts";
import { RestingBook } from "#runner/exchange/resting-book.ts";
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";
import { priceTick } from "#shared/instrument.ts";
import { sign } from "#shared/order.ts";

/** A trade of an account. Price in USDC, size in coin, fee in USDC. */
export interface AccountFill extends Booked {
  readonly order: Order;
  readonly tradeId: number;
  readonly price: number;
  readonly size: number;
  readonly fee: number;
  readonly taker: boolean;
  readonly timeMs: UnixMs;
}

/** Something that happened to an order. */
export type Outcome =
  | { readonly kind: "fill"; readonly fill: AccountFill }
  | {
      readonly kind: "update";
      readonly order: Order;
      readonly status: OrderStatus;
      /** Left of it then, in coin. */
      readonly remaining: number;
      readonly timeMs: UnixMs;
    };

export type Reply =
  | { readonly kind: "resting"; readonly order: Order }
  /** Size in coin; less than the order when an `ioc` found no more, or when the rest of a `gtc` rests. */
  | {
      readonly kind: "filled";
      readonly order: Order;
      readonly size: number;
      readonly averagePrice: number;
    }
  | { readonly kind: "rejected"; readonly order: Order; readonly rejection: Rejection };

/** A trade of the market that resting orders see. */
export interface MarketTrade {
  readonly perp: Perp;
  readonly price: number;
  /** The first of a candle: orders that the market jumped over fill at its price. */
  readonly opening: boolean;
}

export class Matching {
  readonly #fees: FeeRates;
  readonly #marks = new Map<number, number>();
  readonly #books = new Map<number, RestingBook>();
  #nextOrderId: number;
  #nextTradeId: number;

  constructor(options: {
    readonly firstOrderId: number;
    readonly firstTradeId: number;
    readonly fees?: FeeRates;
  }) {
    this.#nextOrderId = options.firstOrderId;
    this.#nextTradeId = options.firstTradeId;
    this.#fees = options.fees ?? BASE_FEES;
  }

  /** Last known price of a perp that has been quoted or traded, in USDC. */
  readonly mark: Marks = (perp) => {
    const mark = this.#marks.get(perp.assetId);
    assert(mark !== undefined, `${perp.coin} has a price`);
    return mark;
  };

  setMark(perp: Perp, price: number): void {
    this.#marks.set(perp.assetId, price);
  }

  /** Places one order that `prevalidate` has let pass. Outcomes are appended to `outcomes`. */
  place(
    account: Account,
    request: OrderRequest,
    at: { readonly quote: Quote; readonly nowMs: UnixMs },
    outcomes: Outcome[],
  ): Reply {
    const { quote, nowMs } = at;
    this.setMark(request.perp, quote.mark);
    const order = this.#create(account, request, nowMs);
    const takes = takesOf(order, quote);
    const rejection =
      refusal(order) ?? refusalToMatch(order, takes, quote) ?? this.#marginRefusal(order, takes);
    if (rejection !== undefined) {
      this.#end(order, rejectedStatus(rejection), nowMs, outcomes);
      return { kind: "rejected", order, rejection };
    }
    order.status = "open";
    this.#note(order, nowMs, outcomes);
    return this.#execute(order, takes, nowMs, outcomes);
  }

  /** The ids that come next: an account that is written down must not see them twice. */
  get nextIds(): { readonly order: number; readonly trade: number } {
    return { order: this.#nextOrderId, trade: this.#nextTradeId };
  }

  /** Takes in an account with the orders that it has open: one that was kept from an earlier life. */
  adopt(account: Account): void {
    for (const order of account.orders.values()) this.#bookOf(order).add(order);
  }

  /** Cancels an open order. */
  cancel(order: Order, nowMs: UnixMs, outcomes: Outcome[]): void {
    this.#takeOut(order);
    this.#end(order, "canceled", nowMs, outcomes);
  }

  /** A trade of the market: fills what it goes through, best price and oldest first. */
  trade(trade: MarketTrade, nowMs: UnixMs, outcomes: Outcome[]): void {
    this.setMark(trade.perp, trade.price);
    const book = this.#books.get(trade.perp.assetId);
    if (book === undefined) return;
    for (const side of ["buy", "sell"] as const) {
      for (
        let order = book.best(side);
        order !== undefined && isThrough(order, trade.price);
        order = book.best(side)
      ) {
        this.#fillResting(order, trade, nowMs, outcomes);
      }
    }
  }

  #create(account: Account, request: OrderRequest, nowMs: UnixMs): Order {
    const held = Math.abs(account.sizeOf(request.perp));
    const reduces = request.reduceOnly && held > 0;
    const remaining = reduces ? Math.min(request.size, held) : request.size;
    return {
      ...request,
      id: this.#nextOrderId++,
      account,
      placedMs: nowMs,
      remaining,
      status: "open",
      statusMs: nowMs,
    };
  }

  #execute(order: Order, takes: readonly Take[], nowMs: UnixMs, outcomes: Outcome[]): Reply {
    let size = 0;
    let notional = 0;
    for (const take of takes) {
      this.#fill(order, take, { taker: true, nowMs }, outcomes);
      size += take.size;
      notional += take.size * take.price;
    }
    size = roundToLot(size, order.perp);
    if (order.remaining === 0) this.#end(order, "filled", nowMs, outcomes);
    else if (order.timeInForce === "gtc" || order.timeInForce === "alo") this.#rest(order);
    else this.#end(order, "canceled", nowMs, outcomes);
    if (size > 0 && order.status === "open") this.#note(order, nowMs, outcomes);
    if (size > 0) this.#shrinkReduceOnly(order, nowMs, outcomes);
    if (size === 0) return { kind: "resting", order };
    return { kind: "filled", order, size, averagePrice: notional / size };
  }

  #rest(order: Order): void {
    this.#bookOf(order).add(order);
    order.account.orders.set(order.id, order);
  }

  #bookOf({ perp }: Order): RestingBook {
    const book = this.#books.get(perp.assetId) ?? new RestingBook();
    this.#books.set(perp.assetId, book);
    return book;
  }

  #takeOut(order: Order): void {
    this.#books.get(order.perp.assetId)?.remove(order);
    order.account.orders.delete(order.id);
  }

  #fillResting(order: Order, trade: MarketTrade, nowMs: UnixMs, outcomes: Outcome[]): void {
    this.#takeOut(order);
    const price = trade.opening ? trade.price : order.price;
    if (!this.#canAfford(order, price)) {
      this.#end(order, "marginCanceled", nowMs, outcomes);
      return;
    }
    this.#fill(order, { price, size: order.remaining }, { taker: false, nowMs }, outcomes);
    this.#end(order, "filled", nowMs, outcomes);
    this.#shrinkReduceOnly(order, nowMs, outcomes);
  }

  #fill(
    order: Order,
    take: Take,
    how: { readonly taker: boolean; readonly nowMs: UnixMs },
    outcomes: Outcome[],
  ): void {
    const { taker, nowMs } = how;
    const { price, size } = take;
    assert(size > 0 && size <= order.remaining, "a fill is no larger than its order");
    const fee = feeOf(price * size, taker ? this.#fees.taker : this.#fees.maker);
    const signedSize = sign(order.side) * size;
    const booked = bookFill(order.account, order.perp, { signedSize, price, fee });
    order.remaining = roundToLot(order.remaining - size, order.perp);
    const tradeId = this.#nextTradeId++;
    const fill = { ...booked, order, tradeId, price, size, fee, taker, timeMs: nowMs };
    outcomes.push({ kind: "fill", fill });
  }

  /** After a fill: resting reduce-only orders of that coin shrink with the position, and end with it. */
  #shrinkReduceOnly(filled: Order, nowMs: UnixMs, outcomes: Outcome[]): void {
    const { account, perp } = filled;
    const held = account.sizeOf(perp);
    for (const order of account.orders.values()) {
      if (!order.reduceOnly || order.perp.assetId !== perp.assetId) continue;
      if (held * sign(order.side) >= 0) {
        this.#takeOut(order);
        this.#end(order, "reduceOnlyCanceled", nowMs, outcomes);
      } else if (order.remaining > Math.abs(held)) {
        order.remaining = Math.abs(held);
        this.#note(order, nowMs, outcomes);
      }
    }
  }

  /** Margin is looked at again when a resting order fills: prices may have moved since it was placed. */
  #canAfford(order: Order, price: number): boolean {
    const { account, perp, side } = order;
    const before = account.sizeOf(perp);
    const after = before + sign(side) * order.remaining;
    if (Math.abs(after) <= Math.abs(before)) return true;
    const leverage = account.leverageOf(perp);
    let required = ((Math.abs(after) - Math.abs(before)) * price) / leverage.value;
    for (const { perp: held, size } of account.positions.values()) {
      const { kind, value } = account.leverageOf(held);
      if (kind === "cross") required += (Math.abs(size) * this.mark(held)) / value;
    }
    return required <= crossValue(account, this.mark);
  }

  #marginRefusal(order: Order, takes: readonly Take[]): Rejection | undefined {
    const { account, perp } = order;
    const after = roundToLot(account.sizeOf(perp) + sign(order.side) * order.remaining, perp);
    if (isReduction(account.sizeOf(perp), after)) return undefined;
    const signedNotional = sign(order.side) * notionalOf(order, takes);
    const mark = this.mark(perp);
    const adds =
      coinMargin(account, perp, mark, signedNotional) > coinMargin(account, perp, mark, 0);
    const needed = committedMargin(account, this.mark, { perp, signedNotional });
    if (adds && needed > crossValue(account, this.mark)) return { kind: "margin" };
    const tier = tierAt(perp.marginTiers, Math.abs(after) * mark);
    if (account.leverageOf(perp).value > tier.maxLeverage) return { kind: "maxPosition" };
    return undefined;
  }

  #end(order: Order, status: OrderStatus, nowMs: UnixMs, outcomes: Outcome[]): void {
    order.status = status;
    this.#note(order, nowMs, outcomes);
  }

  #note(order: Order, nowMs: UnixMs, outcomes: Outcome[]): void {
    order.statusMs = nowMs;
    const { status, remaining } = order;
    outcomes.push({ kind: "update", order, status, remaining, timeMs: nowMs });
  }
}

/** Beyond the order's price by one tick; half of it allows for float noise. */
function isThrough(order: Order, price: number): boolean {
  const margin = priceTick(order.price, order.perp.sizeDecimals) / 2;
  return sign(order.side) * (order.price - price) > margin;
}

const isReduction = (before: number, after: number): boolean =>
  before * after >= 0 && Math.abs(after) < Math.abs(before);
