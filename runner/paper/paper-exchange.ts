/**
 * The exchange of one strategy on paper: its account on the matching core of the simulated exchange,
 * at prices of a network. Pure of sockets, files and clocks.
 *
 * Simplifications: a paper order takes nothing away from the network's book, so that two orders in a
 * row find the same depth; the mark is the last price seen; no funding is paid.
 */
import type { Account } from "#runner/exchange/account.ts";
import { accountMargin } from "#runner/exchange/account-margin.ts";
import { type ActionReply, failed, type QuotedMarket } from "#runner/exchange/action-reply.ts";
import { runAction } from "#runner/exchange/action-runner.ts";
import type { Action } from "#runner/exchange/actions.ts";
import { type Accounts, answerOfUser, type UserRequest } from "#runner/exchange/info.ts";
import { type Perp, perpOf } from "#runner/exchange/instruments.ts";
import { Matching } from "#runner/exchange/matching.ts";
import type { Order } from "#runner/exchange/orders.ts";
import { type AccountFill, type Outcome, toFill } from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { type User, Users } from "#runner/exchange/users.ts";
import type { Kept } from "#runner/paper/account-file.ts";
import { PaperMarketChangedError } from "#runner/paper/errors.ts";
import { lookAtClosed, lookAtOpen, type Seen, seenUntil } from "#runner/paper/seen.ts";
import {
  fillOf,
  orderOf,
  type StoredState,
  storeCoin,
  storeFill,
  storeOrder,
} from "#runner/paper/stored.ts";
import { assert } from "#shared/assert.ts";
import type { Candle, Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Instrument } from "#shared/instrument.ts";
import type { Fill } from "#shared/order.ts";
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

interface Listing {
  perp: Perp;
  /** In USDC; undefined before the first. */
  price: number | undefined;
  quote: Quote | undefined;
  seen: Seen | undefined;
}

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
  readonly market: QuotedMarket & { nowMs: UnixMs };
  /** USDC that the account began with. */
  readonly capital: number;
  readonly #user: User;
  readonly #universe: (Perp | undefined)[] = [];
  readonly #listings = new Map<Coin, Listing>();

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
    this.market = {
      universe: this.#universe,
      of: (coin) => this.#quoted(coin),
      nowMs,
    };
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

  /** The coin of an asset id, if it has been listed. */
  coinOf(assetId: number): Coin | undefined {
    return this.#universe[assetId]?.coin;
  }

  /** Makes a coin known. Throws `PaperMarketChangedError`. */
  list(instrument: Instrument): void {
    const { coin, assetId } = instrument;
    const known = this.#listings.get(coin);
    const holder = this.#universe[assetId]?.coin ?? coin;
    const isSame =
      known === undefined ||
      (known.perp.assetId === assetId && known.perp.sizeDecimals === instrument.sizeDecimals);
    if (!isSame || holder !== coin) throw new PaperMarketChangedError(coin);
    const perp = perpOf(instrument);
    this.#universe[assetId] = perp;
    if (known === undefined) {
      this.#listings.set(coin, { perp, price: undefined, quote: undefined, seen: undefined });
    } else {
      known.perp = perp;
    }
  }

  /** Takes the book at which the next action is carried out. */
  quote(coin: Coin, { quote, timeMs }: Book): void {
    const listing = this.#listing(coin);
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
    const refusal = notOnPaper(action);
    if (refusal !== undefined) return { reply: failed(refusal), changes: this.#changes([]) };
    const { account, schedule } = this.#user;
    const context = { exchange: this, account, schedule, nowMs, wallMs: nowMs };
    const reply = runAction(context, action, outcomes);
    return { reply, changes: this.#changes(outcomes) };
  }

  /** Lets the account's orders see a candle; undefined when nothing came of it that must be kept. */
  look(candle: Candle, isClosed: boolean, nowMs: UnixMs): Changes | undefined {
    const listing = this.#listings.get(candle.coin);
    if (listing === undefined) return undefined;
    const look = isClosed ? lookAtClosed : lookAtOpen;
    const { prices, seen, passedOver = false } = look(listing.seen, candle);
    listing.seen = seen;
    // A candle tells no times: of a closed one only that all of it came before its end.
    const lastMs = candle.closeTime - 1;
    const timeMs = isClosed ? lastMs : Math.min(Math.max(nowMs, candle.openTime), lastMs);
    const outcomes: Outcome[] = [];
    for (const price of prices) {
      listing.price = price;
      // Never as an opening: what rests on an exchange fills at its own price.
      this.matching.trade({ perp: listing.perp, price, opening: false }, timeMs, outcomes);
    }
    const mustKeep = outcomes.length > 0 || (passedOver && this.#hasOrdersIn(candle.coin));
    return mustKeep ? this.#changes(outcomes) : undefined;
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

  #listing(coin: Coin): Listing {
    const listing = this.#listings.get(coin);
    assert(listing !== undefined, `${coin} is listed`);
    return listing;
  }

  #quoted(coin: Coin): { readonly price: number; quote(): Quote } {
    const { quote } = this.#listing(coin);
    assert(quote !== undefined, `${coin} has been quoted`);
    return { price: quote.mark, quote: () => quote };
  }

  #price(listing: Listing, price: number): void {
    listing.price = price;
    this.matching.setMark(listing.perp, price);
  }

  #changes(outcomes: readonly Outcome[]): Changes {
    const { history } = this.#user;
    const orders = new Map<number, Order>();
    const fills: AccountFill[] = [];
    for (const outcome of outcomes) {
      history.add(outcome);
      if (outcome.kind === "fill") fills.push(outcome.fill);
      if (outcome.kind === "update") orders.set(outcome.order.id, outcome.order);
      if (outcome.kind === "fill") orders.set(outcome.fill.order.id, outcome.fill.order);
    }
    return {
      state: this.#state(),
      orders: [...orders.values()].map(storeOrder),
      fills: fills.map(storeFill),
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
      coins: [...this.#listings.values()].map(({ perp, price, seen }) =>
        storeCoin(account, perp, { mark: price, seen }),
      ),
    };
  }

  #restore({ state, orders, fills }: Kept): void {
    const account = this.#account;
    account.cash = state.cash;
    account.volume = state.volume;
    this.#user.requests = state.requests;
    for (const { instrument, mark, leverage, position, seen } of state.coins) {
      this.list(instrument);
      const listing = this.#listing(instrument.coin);
      const { perp } = listing;
      listing.seen = seen ?? undefined;
      if (mark !== null) this.#price(listing, mark);
      account.setLeverage(perp, leverage);
      if (position !== null) account.positions.set(perp.assetId, { perp, ...position });
    }
    const byId = new Map<number, Order>();
    for (const stored of orders) {
      const order = orderOf(stored, this.#listing(stored.coin).perp, account);
      byId.set(order.id, order);
      this.#user.history.keepOrder(order);
      if (order.status === "open") account.orders.set(order.id, order);
    }
    this.matching.adopt(account);
    for (const stored of fills) {
      const order = byId.get(stored.orderId);
      assert(order !== undefined, "the order of a fill that is kept is kept");
      this.#user.history.add({ kind: "fill", fill: fillOf(stored, order) });
    }
  }
}

/**
 * What an account on paper does not know, in the exchange's form of a refusal; undefined when it does.
 * Simplification: orders that end each other are not written down, so there are none.
 */
function notOnPaper(action: Action): string | undefined {
  if (action.type === "scheduleCancel") return "scheduleCancel is not simulated on paper.";
  const isGrouped = action.type === "order" && action.grouping !== "na";
  return isGrouped ? "Grouped orders are not simulated on paper." : undefined;
}
