/**
 * The exchange of one strategy on paper: its account on the matching core of the simulated exchange,
 * at prices of a network. Pure of sockets, files and clocks.
 *
 * Simplifications: a paper order takes nothing away from the network's book, so that two orders in a
 * row find the same depth; the mark and the oracle are the last price seen; fees are those of the
 * settings, whatever was traded.
 */
import type { Account } from "#runner/exchange/account.ts";
import { accountMargin } from "#runner/exchange/account-margin.ts";
import type { ActionReply } from "#runner/exchange/action-reply.ts";
import { runAction } from "#runner/exchange/action-runner.ts";
import type { Action } from "#runner/exchange/actions.ts";
import { payFundingOf } from "#runner/exchange/funding.ts";
import { type Accounts, answerOfUser, type UserRequest } from "#runner/exchange/info.ts";
import { Matching } from "#runner/exchange/matching.ts";
import type { Order } from "#runner/exchange/orders.ts";
import {
  type AccountFill,
  type FundingPayment,
  type Outcome,
  toFill,
} from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { type User, Users } from "#runner/exchange/users.ts";
import type { Kept } from "#runner/paper/account-file.ts";
import {
  type Dues,
  duesAt,
  type Held,
  NO_DUES,
  noteHours,
  type PublishedRate,
  settleDues,
  toAsk,
} from "#runner/paper/funding-dues.ts";
import { type Listing, Listings } from "#runner/paper/listings.ts";
import { movedBook } from "#runner/paper/moved-book.ts";
import { Relatives } from "#runner/paper/relatives.ts";
import { lookAtClosed, lookAtOpen, seenUntil } from "#runner/paper/seen.ts";
import {
  fillOf,
  fundingOf,
  orderOf,
  type StoredCoin,
  type StoredState,
  storeCoin,
  storeFill,
  storeFunding,
  storeOrder,
} from "#runner/paper/stored.ts";
import { orderOfOutcome } from "#runner/paper/told.ts";
import { assert } from "#shared/assert.ts";
import type { Candle, Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { Fill, Side } from "#shared/order.ts";
import type { PaperAccount } from "#shared/settings.ts";
import type { Address } from "#shared/sim-options.ts";

/** A book of the network, and its time there. */
export interface Book {
  readonly quote: Quote;
  readonly timeMs: UnixMs;
}

/** What happened: to be written down before it is told. */
export interface Changes extends Kept {
  readonly told: readonly Fill[];
}

/** How a candle comes: as it closes, while it is open, or with others that closed before. */
export type Sight = "closed" | "open" | "past";

export interface PaperExchangeOptions {
  readonly address: Address;
  readonly settings: PaperAccount;
  /** Makes the ids of a new account differ from those of an earlier one. */
  readonly nowMs: UnixMs;
  /** The account as it was left; undefined for a new one. */
  readonly kept: Kept | undefined;
}

export class PaperExchange implements Accounts {
  readonly users: Users;
  readonly matching: Matching;
  readonly market: Listings;
  /** USDC that the account began with. */
  readonly capital: number;
  readonly isDelisted = ({ delisted }: Instrument): boolean => delisted;
  readonly #user: User;
  readonly #relatives = new Relatives();
  #dues: Dues;

  constructor({ address, settings, nowMs, kept }: PaperExchangeOptions) {
    this.capital = kept?.state.capital ?? settings.capital;
    this.users = new Users({
      accounts: [{ address, usdc: this.capital }],
      agents: [],
      open: false,
    });
    const user = this.users.find(address);
    assert(user !== undefined, "the account was just made");
    this.#user = user;
    this.matching = new Matching({
      firstOrderId: kept?.state.nextOrderId ?? Math.floor(nowMs / 1000) * 100,
      firstTradeId: kept?.state.nextTradeId ?? nowMs * 1000,
      fees: { taker: settings.takerFee, maker: settings.makerFee },
    });
    this.market = new Listings(nowMs);
    this.#dues = kept?.state.dues ?? NO_DUES;
    if (kept !== undefined) this.#restore(kept);
  }

  /** Coins that it holds or has orders in. */
  exposed(): ReadonlySet<Coin> {
    const { positions, orders } = this.#account;
    return new Set([...positions.values(), ...orders.values()].map(({ perp }) => perp.coin));
  }

  /** In USDC, at the last prices seen. */
  accountValue(): number {
    return accountMargin(this.#account, this.matching.mark).all.accountValue;
  }

  /**
   * Makes a coin known. Undefined when nothing came of it that must be kept: of one that was delisted
   * orders end, and a position is settled, at the last price seen. Throws `PaperMarketChangedError`.
   */
  list(instrument: Instrument): Changes | undefined {
    const { perp } = this.market.add(instrument);
    const outcomes: Outcome[] = [];
    if (perp.delisted) this.matching.delist(perp, [this.#account], this.market.nowMs, outcomes);
    return outcomes.length === 0 ? undefined : this.#changes(outcomes);
  }

  /** Takes the book at which the next action is carried out. */
  quote(coin: Coin, { quote, timeMs }: Book): void {
    const listing = this.market.get(coin);
    listing.quote = quote;
    // What the market did before an order was placed is not to fill it.
    listing.seen = seenUntil(listing.seen, timeMs);
    this.#price(listing, quote.mark);
  }

  /** Carries out an action whose coins have been listed and quoted. */
  act(action: Action, nowMs: UnixMs): { readonly reply: ActionReply; readonly changes: Changes } {
    this.#user.requests++;
    this.market.nowMs = nowMs;
    const outcomes: Outcome[] = [];
    this.#dues = duesAt(this.#dues, nowMs);
    this.#passTo(nowMs, outcomes);
    const { account, schedule } = this.#user;
    const context = { exchange: this, account, schedule, nowMs, wallMs: nowMs };
    const reply = runAction(context, action, outcomes);
    return { reply, changes: this.#changes(outcomes) };
  }

  /** Lets the account's orders see a candle; undefined when nothing came of it that must be kept. */
  look(candle: Candle, sight: Sight, nowMs: UnixMs): Changes | undefined {
    const listing = this.market.find(candle.coin);
    if (listing === undefined) return undefined;
    const isPast = sight === "past";
    if (isPast && candle.closeTime <= (listing.seen?.untilMs ?? 0)) return undefined;
    const outcomes: Outcome[] = [];
    // A candle tells no times: of a closed one only that all of it came before its end.
    const lastMs = candle.closeTime - 1;
    const isOpen = sight === "open";
    const timeMs = isOpen ? Math.min(Math.max(nowMs, candle.openTime), lastMs) : lastMs;
    // One of the past tells nothing of what time it is.
    if (!isPast) this.#dues = duesAt(this.#dues, timeMs);
    const hasPassed = this.#passTo(isOpen ? timeMs : candle.openTime, outcomes);
    const look = isOpen ? lookAtOpen : lookAtClosed;
    const { perp } = listing;
    const {
      prices,
      opens,
      seen,
      passedOver = false,
    } = look(listing.seen, candle, perp.sizeDecimals);
    listing.seen = seen;
    let side: Side = candle.close >= candle.open ? "buy" : "sell";
    for (const [index, price] of prices.entries()) {
      const opening = opens && index === 0;
      const before = listing.price ?? price;
      if (price !== before && !opening) side = price > before ? "buy" : "sell";
      this.#trade(listing, { price, opening, side }, timeMs, outcomes);
    }
    const mustKeep = outcomes.length > 0 || (passedOver && this.#hasOrdersIn(candle.coin));
    return mustKeep || hasPassed ? this.#changes(outcomes) : undefined;
  }

  /** Time has come so far; undefined when nothing came of it that must be kept. */
  passTo(nowMs: UnixMs): Changes | undefined {
    const outcomes: Outcome[] = [];
    return this.#passTo(nowMs, outcomes) ? this.#changes(outcomes) : undefined;
  }

  /** Coins whose funding is to be asked for, each with the hour from which on, in ms. */
  dueFunding(nowMs: UnixMs): ReadonlyMap<Coin, UnixMs> {
    return toAsk(this.#dues, nowMs);
  }

  /** Pays what is due of a coin, as far as the exchange has published it. */
  payFunding(coin: Coin, rates: readonly PublishedRate[]): Changes {
    const { perp } = this.market.get(coin);
    const { dues, paid } = settleDues(this.#dues, coin, rates);
    this.#dues = dues;
    const outcomes = paid.map(({ rate, price, size, timeMs }): Outcome => {
      const hour = { rate, oracle: price, timeMs };
      return { kind: "funding", payment: payFundingOf(this.#account, perp, size, hour) };
    });
    return this.#changes(outcomes);
  }

  answer(request: UserRequest, nowMs: UnixMs): unknown {
    this.market.nowMs = nowMs;
    return answerOfUser(this, request);
  }

  /** The fills of these trades, in their order. */
  fillsOf(tradeIds: readonly number[]): Fill[] {
    const wanted = new Set(tradeIds);
    return this.#user.history.fills.filter(({ tradeId }) => wanted.has(tradeId)).map(toFill);
  }

  get #account(): Account {
    return this.#user.account;
  }

  #hasOrdersIn(coin: Coin): boolean {
    return this.#account.orders.values().some(({ perp }) => perp.coin === coin);
  }

  #price(listing: Listing, price: number): void {
    listing.price = price;
    this.matching.setMark(listing.perp, price);
  }

  #trade(
    listing: Listing,
    trade: { readonly price: number; readonly opening: boolean; readonly side: Side },
    timeMs: UnixMs,
    outcomes: Outcome[],
  ): void {
    const { perp, quote } = listing;
    const { price, opening, side } = trade;
    const { sizeDecimals } = perp;
    const bookAt =
      quote === undefined
        ? undefined
        : (at: number): Quote => movedBook(quote, { price: at, side, sizeDecimals });
    listing.price = price;
    this.matching.trade({ perp, price, opening, bookAt }, timeMs, outcomes);
  }

  /** Notes hours of funding and lets the dead man's switch go off; whether anything changed. */
  #passTo(nowMs: UnixMs, outcomes: Outcome[]): boolean {
    const { account, schedule } = this.#user;
    const held = [...account.positions.values()].map(
      ({ perp, size }): Held => ({ coin: perp.coin, size, price: this.matching.mark(perp) }),
    );
    const before = this.#dues;
    this.#dues = noteHours(before, nowMs, held);
    const isDue = schedule.takeDue(nowMs);
    if (isDue) {
      for (const order of account.orders.values()) {
        this.matching.cancel(order, nowMs, outcomes, "scheduledCancel");
      }
    }
    return isDue || this.#dues !== before;
  }

  #changes(outcomes: readonly Outcome[]): Changes {
    const { history } = this.#user;
    const orders = new Set<Order>();
    const fills: AccountFill[] = [];
    const fundings: FundingPayment[] = [];
    for (const outcome of outcomes) {
      history.add(outcome);
      if (outcome.kind === "funding") fundings.push(outcome.payment);
      if (outcome.kind === "fill") fills.push(outcome.fill);
      const order = orderOfOutcome(outcome);
      // An order that wakes when its parent fills is not told of.
      if (order !== undefined) for (const each of this.#relatives.of(order)) orders.add(each);
    }
    return {
      state: this.#state(),
      orders: [...orders].map((order) => storeOrder(order, this.#relatives.placeOf(order))),
      fills: fills.map(storeFill),
      fundings: fundings.map(storeFunding),
      told: fills.map(toFill),
    };
  }

  #state(): StoredState {
    const account = this.#account;
    const { order, trade } = this.matching.nextIds;
    return {
      capital: this.capital,
      cash: account.cash,
      volume: account.volume,
      requests: this.#user.requests,
      nextOrderId: order,
      nextTradeId: trade,
      coins: [...this.market.all()].map(({ perp, price, seen, quote }) =>
        storeCoin(account, perp, { mark: price, seen, quote }),
      ),
      schedule: this.#user.schedule.state,
      dues: this.#dues,
    };
  }

  #restore({ state, orders, fills, fundings }: Kept): void {
    const account = this.#account;
    const { history, schedule } = this.#user;
    account.cash = state.cash;
    account.volume = state.volume;
    this.#user.requests = state.requests;
    schedule.restore(state.schedule);
    for (const coin of state.coins) this.#restoreCoin(coin);
    const byId = new Map<number, Order>();
    for (const stored of orders) {
      const order = orderOf(stored, this.market.get(stored.coin).perp, account);
      byId.set(order.id, order);
      history.keepOrder(order);
      if (order.status === "open") account.orders.set(order.id, order);
    }
    this.#relatives.restore(
      orders.flatMap(({ id, family }) => {
        const order = byId.get(id);
        return order === undefined ? [] : [[order, family] as const];
      }),
    );
    this.matching.adopt(account);
    for (const stored of fills) {
      const order = byId.get(stored.orderId);
      assert(order !== undefined, "the order of a fill that is kept is kept");
      history.add({ kind: "fill", fill: fillOf(stored, order) });
    }
    for (const stored of fundings) {
      const payment = fundingOf(stored, this.market.get(stored.coin).perp, account);
      history.add({ kind: "funding", payment });
    }
  }

  #restoreCoin({ instrument, mark, leverage, position, ...stored }: StoredCoin): void {
    const account = this.#account;
    const listing = this.market.add(instrument);
    const { perp } = listing;
    listing.seen = stored.seen ?? undefined;
    listing.quote = stored.quote ?? undefined;
    if (mark !== null) this.#price(listing, mark);
    account.setLeverage(perp, leverage);
    account.setFunding(perp, stored.funding);
    if (position !== null) account.positions.set(perp.assetId, { perp, ...position });
  }
}
