/**
 * The exchange of a backtest: one account on the matching core, at the prices of the pinned candles.
 * Pure of files and of the machine's clock.
 *
 * Simplifications: within a candle the price goes straight from corner to corner (`path.ts`); candles
 * of one close time pass coin after coin; hours of funding within a candle are paid at the close before.
 */
import type { FundingRates } from "#runner/backtest/funding-rates.ts";
import { Holdings } from "#runner/backtest/holdings.ts";
import { ambiguityIn, type Corner, firstCorner } from "#runner/backtest/path.ts";
import type { Recorder } from "#runner/backtest/recorder.ts";
import { bookOf, cell, type Tape, touchOf } from "#runner/backtest/tape.ts";
import { UntoldFills } from "#runner/backtest/untold-fills.ts";
import type { Account } from "#runner/exchange/account.ts";
import type { ActionReply, QuotedMarket } from "#runner/exchange/action-reply.ts";
import { runAction } from "#runner/exchange/action-runner.ts";
import type { Action } from "#runner/exchange/actions.ts";
import type { Accounts } from "#runner/exchange/info.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { fillsAlone } from "#runner/exchange/lone-take.ts";
import { Matching } from "#runner/exchange/matching.ts";
import { type Order, type OrderRequest, prevalidate } from "#runner/exchange/orders.ts";
import { type AccountFill, type Outcome, type Reply, toFill } from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { type User, Users } from "#runner/exchange/users.ts";
import { assert } from "#shared/assert.ts";
import type { BacktestSettings } from "#shared/backtest.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { type Side, sign } from "#shared/order.ts";
import type { Address } from "#shared/sim-options.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";
import { openTimeAt, TIMEFRAME_MS } from "#shared/timeframe.ts";

const HOUR_MS = TIMEFRAME_MS["1h"];
const BASIS_POINT = 1e-4;

export interface BacktestExchangeOptions {
  readonly address: Address;
  readonly settings: BacktestSettings;
  /** One a coin, by coin. */
  readonly tapes: readonly Tape[];
  /** All candles of the run. */
  readonly series: readonly SeriesColumns[];
  /** Empty: no funding is paid. */
  readonly funding: ReadonlyMap<Coin, FundingRates>;
  readonly recorder: Recorder;
  /** When the run begins. */
  readonly startMs: UnixMs;
  /** Whether anybody takes fills out of `untold`. */
  readonly tellsFills: boolean;
}

export class BacktestExchange implements Accounts {
  readonly users: Users;
  readonly user: User;
  readonly matching: Matching;
  readonly market: QuotedMarket & { nowMs: UnixMs };
  readonly tapes: readonly Tape[];
  readonly series: readonly SeriesColumns[];
  readonly funding: ReadonlyMap<Coin, FundingRates>;
  readonly holdings: Holdings;
  /** Fills that the strategy was not told of, oldest first. */
  readonly untold: UntoldFills;
  /** Of a price, to each side of it: what stands between it and those who take. */
  readonly slippage: number;
  readonly #options: BacktestExchangeOptions;
  readonly #account: Account;
  readonly #byCoin: ReadonlyMap<Coin, Tape>;
  /** Of the hour whose funding has not been paid yet; infinite where none is. */
  nextFundingMs: UnixMs;

  constructor(options: BacktestExchangeOptions) {
    const { address, settings, tapes, startMs } = options;
    this.#options = options;
    this.tapes = tapes;
    this.series = options.series;
    this.funding = options.funding;
    this.slippage = settings.slippageBps * BASIS_POINT;
    this.nextFundingMs =
      options.funding.size === 0 ? Number.POSITIVE_INFINITY : openTimeAt("1h", startMs) + HOUR_MS;
    this.users = new Users({
      accounts: [{ address, usdc: settings.capital }],
      agents: [],
      open: false,
    });
    const user = this.users.find(address);
    assert(user !== undefined, "the account was just made");
    this.user = user;
    this.#account = user.account;
    this.matching = new Matching({
      firstOrderId: 1,
      firstTradeId: 1,
      fees: { taker: settings.takerFee, maker: settings.makerFee },
      limitFill: settings.limitFill,
    });
    this.holdings = new Holdings(this.#account, tapes);
    this.untold = new UntoldFills();
    this.#byCoin = new Map(tapes.map((tape) => [tape.perp.coin, tape]));
    const universe: (Perp | undefined)[] = [];
    for (const { perp } of tapes) {
      universe[perp.assetId] = perp;
      if (settings.leverage === null) continue;
      const { leverage: value } = settings;
      assert(value <= perp.maxLeverage, `${perp.coin} has a leverage of ${value}`);
      this.#account.setLeverage(perp, { kind: "cross", value });
    }
    this.market = { universe, of: (coin) => this.#quoted(coin), nowMs: startMs };
  }

  tapeOf(coin: Coin): Tape | undefined {
    return this.#byCoin.get(coin);
  }

  /**
   * Lets the market run up to `untilMs`, or only up to a candle in which orders filled: then true, and
   * the strategy should hear of `untold` before more happens.
   */
  advance(untilMs: UnixMs): boolean {
    for (let tape = this.#nextDue(untilMs); tape !== undefined; tape = this.#nextDue(untilMs)) {
      const closeMs = tape.nextCloseMs;
      if (!this.untold.isEmpty && closeMs > this.market.nowMs) return true;
      this.fundUntil(closeMs - 1);
      this.market.nowMs = closeMs;
      this.#pass(tape);
    }
    if (!this.untold.isEmpty) return true;
    this.fundUntil(untilMs - 1);
    this.market.nowMs = untilMs;
    return false;
  }

  /** Pays the hours up to this moment that have not been paid yet, on what is held. */
  fundUntil(untilMs: UnixMs): void {
    if (this.nextFundingMs > untilMs) return;
    if (this.holdings.look().length === 0) {
      this.nextFundingMs = openTimeAt("1h", untilMs) + HOUR_MS;
      return;
    }
    for (; this.nextFundingMs <= untilMs; this.nextFundingMs += HOUR_MS) {
      this.#fund(this.nextFundingMs);
    }
  }

  /** Places an order, which meets the open that comes next and is answered at once; a text says why not. */
  place(request: OrderRequest): Reply | string {
    const { coin } = request.perp;
    const tape = this.#tape(coin);
    const refused = this.whyClosed(tape) ?? prevalidate(request, this.#priceOf(tape));
    if (refused !== undefined) return refused;
    const alone = this.#takeAlone(request, tape);
    if (alone !== undefined) return alone;
    const at = { quote: this.#quote(tape), nowMs: this.market.nowMs };
    const outcomes: Outcome[] = [];
    // Its own coin is marked by what the order meets.
    if (this.tapes.length > 1) this.#mark();
    const reply = this.matching.place(this.#account, request, at, outcomes);
    this.#take(outcomes);
    this.#mark();
    return reply;
  }

  cancel(order: Order): void {
    this.change((outcomes) => this.matching.cancel(order, this.market.nowMs, outcomes));
  }

  /** Carries out an action in the exchange's own form. */
  act(action: Action): ActionReply {
    this.user.requests += 1;
    const { nowMs } = this.market;
    const { account, schedule } = this.user;
    const context = { exchange: this, account, schedule, nowMs, wallMs: nowMs };
    return this.change((outcomes) => runAction(context, action, outcomes));
  }

  /** Does what may change the account. The prices that it met are forgotten: they lie in the future. */
  change<T>(body: (outcomes: Outcome[]) => T): T {
    this.#mark();
    const outcomes: Outcome[] = [];
    const result = body(outcomes);
    this.#take(outcomes);
    this.#mark();
    return result;
  }

  /** What is delisted today was traded when its candles were made. */
  isDelisted(): boolean {
    return false;
  }

  /** Why no order can be sent now: the market has moved on since the last candle, nobody knows where to. */
  whyClosed({ perp, nextOpenMs, series }: Tape): string | undefined {
    if (nextOpenMs >= this.market.nowMs) return undefined;
    return `the price of ${perp.coin} is not known within its ${series.timeframe} candle: give --detail a shorter timeframe`;
  }

  /** What the core would answer an order that fills at once and concerns nothing else; undefined: ask it. */
  #takeAlone(request: OrderRequest, tape: Tape): Reply | undefined {
    const { nowMs } = this.market;
    if (tape.nextOpenMs !== nowMs) return undefined;
    const mark = cell(tape.series.columns.open, tape.next);
    const price = touchOf(mark, request.side, this.slippage);
    if (!fillsAlone(this.#account, request, { price, mark })) return undefined;
    // Of a coin that has no close yet it is the only price.
    this.matching.setMark(tape.perp, mark);
    const fill = this.matching.takeAlone(this.#account, request, { price, nowMs });
    this.user.history.addFill(fill);
    this.#takeFill(fill);
    this.holdings.change();
    this.#mark();
    return { kind: "filled", order: fill.order, size: fill.size, averagePrice: price };
  }

  #nextDue(untilMs: UnixMs): Tape | undefined {
    let due: Tape | undefined;
    for (let index = 0; index < this.tapes.length; index++) {
      const tape = this.tapes[index];
      if (tape === undefined || tape.nextCloseMs > untilMs) continue;
      if (due === undefined || tape.nextCloseMs < due.nextCloseMs) due = tape;
    }
    return due;
  }

  #pass(tape: Tape): void {
    this.holdings.look();
    const { band, next } = tape;
    const { high, low } = tape.series.columns;
    const isBorne = cell(low, next) > band.low && cell(high, next) < band.high;
    if (tape.hasOrders || !isBorne) this.#walk(tape);
    tape.pass();
    // Its band was made for the price before; a new one is made for where it is now.
    if (!isBorne) this.holdings.change();
  }

  /** Lets orders and the liquidation see the way of the price through the next candle. */
  #walk(tape: Tape): void {
    const { perp, next, series, nextOpenMs, nextCloseMs } = tape;
    const { columns } = series;
    const [open, close] = [cell(columns.open, next), cell(columns.close, next)];
    const corners = { high: cell(columns.high, next), low: cell(columns.low, next) };
    const first = firstCorner(this.#options.settings.path, tape.size, this.#restingSide(tape));
    this.#noteAmbiguity(tape, { open, ...corners }, first);
    const way = first === "high" ? [corners.high, corners.low] : [corners.low, corners.high];
    const bookAt = (price: number): Quote => bookOf(price, this.slippage);
    const outcomes: Outcome[] = [];
    this.#mark();
    this.matching.trade({ perp, price: open, opening: true, bookAt }, nextOpenMs, outcomes);
    for (const price of [...way, close]) {
      // A candle tells no times: only that all of it came before its end.
      const trade = { perp, price, opening: false, bookAt };
      this.matching.trade(trade, nextCloseMs - 1, outcomes);
    }
    if (outcomes.length > 0) this.#take(outcomes);
  }

  #noteAmbiguity(tape: Tape, candle: Parameters<typeof ambiguityIn>[0], first: Corner): void {
    if (tape.size === 0) return;
    const found = ambiguityIn(candle, tape.size, this.#ordersOf(tape));
    if (found === undefined) return;
    const isStopFirst = (first === "low") === tape.size > 0;
    const apart = found.size * Math.abs(found.takeProfit - found.stop);
    this.#options.recorder.ambiguous({
      coin: tape.perp.coin,
      openTime: tape.nextOpenMs,
      stopFirst: isStopFirst ? 0 : -apart,
      takeProfitFirst: isStopFirst ? apart : 0,
    });
  }

  #ordersOf({ perp }: Tape): Order[] {
    return [...this.#account.orders.values()].filter((order) => order.perp === perp);
  }

  #restingSide(tape: Tape): Side | undefined {
    return tape.size === 0 ? this.#ordersOf(tape)[0]?.side : undefined;
  }

  #fund(hourMs: UnixMs): void {
    const { funding, recorder } = this.#options;
    for (const { perp } of this.holdings.look()) {
      const rate = funding.get(perp.coin)?.at(hourMs);
      recorder.fundingHour(rate !== undefined);
      if (rate === undefined) continue;
      this.change((outcomes) => this.matching.fund(perp, rate, hourMs, outcomes));
    }
  }

  /** Tells the core the last closes. */
  #mark(): void {
    for (let index = 0; index < this.tapes.length; index++) {
      const tape = this.tapes[index];
      if (tape === undefined || Number.isNaN(tape.last)) continue;
      this.matching.setMark(tape.perp, tape.last);
    }
  }

  #take(outcomes: readonly Outcome[]): void {
    this.holdings.change();
    for (const outcome of outcomes) {
      this.user.history.add(outcome);
      if (outcome.kind === "fill") this.#takeFill(outcome.fill);
      if (outcome.kind !== "funding") continue;
      const { perp, usdc, timeMs } = outcome.payment;
      this.#options.recorder.funding({ coin: perp.coin, timeMs, paid: usdc === 0 ? 0 : -usdc });
    }
  }

  #takeFill(fill: AccountFill): void {
    this.#options.recorder.fill(fill, this.#slippageOf(fill));
    if (this.#options.tellsFills) this.untold.put(toFill(fill));
  }

  /** USDC that the spread made it worse by. */
  #slippageOf({ order, taker, price, size, liquidation }: AccountFill): number {
    // The backstop vault takes over at the mark.
    if (!taker || liquidation?.method === "backstop") return 0;
    const undisturbed = price / (1 + sign(order.side) * this.slippage);
    return size * Math.abs(price - undisturbed);
  }

  #quoted(coin: Coin): { readonly price: number; quote(): Quote } {
    const tape = this.#tape(coin);
    return { price: this.#priceOf(tape), quote: () => this.#quote(tape) };
  }

  #quote(tape: Tape): Quote {
    return tape.quote(this.market.nowMs, this.slippage);
  }

  /** The last close; before the first candle the open at which an order would fill. */
  #priceOf(tape: Tape): number {
    return Number.isNaN(tape.last) ? this.#quote(tape).mark : tape.last;
  }

  #tape(coin: Coin): Tape {
    const tape = this.#byCoin.get(coin);
    assert(tape !== undefined, `${coin} is one of the run`);
    return tape;
  }
}
