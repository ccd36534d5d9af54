/** `this.trade`: orders in an author's words. */
import type {
  CancelOutcome,
  CancelTicket,
  Lost,
  OrderTicket,
  PlaceOutcome,
  Soon,
  TopOfBook,
  TradePort,
} from "#runner/trade/port.ts";
import {
  capPrice,
  checkPositive,
  checkSlippage,
  limitPrice,
  lots,
  SLIPPAGE_DEFAULT,
  triggerCapPrice,
  triggerPrice,
  underOneLot,
} from "#runner/trade/prices.ts";
import type {
  CancelAllResult,
  CancelRequest,
  CancelResult,
  CloseRequest,
  LeverageRequest,
  LeverageResult,
  LimitRequest,
  MarketRequest,
  OpenOrder,
  OrderResult,
  TriggerRequest,
} from "#runner/trade/requests.ts";
import { type Settled, settle, untilAnswered } from "#runner/trade/settle.ts";
import { unreachable } from "#shared/assert.ts";
import { tagOf } from "#shared/cloid.ts";
import type { Instrument } from "#shared/instrument.ts";
import { opposite } from "#shared/order.ts";

/** Most cancels in one action: the exchange refuses 201 (`Signed action over weight limit of 200.`). */
const CANCELS_PER_ACTION_MAX = 200;

/** What orders need beside an exchange. */
export interface TradeTools {
  readonly port: TradePort;
  /** The strategy's part of its client order ids: `strategyTag(name)`. */
  readonly tag: string;
  nextClientOrderId(): `0x${string}`;
  /** Resolves after so many ms on the clock of this world. */
  wait(ms: number): Promise<void>;
}

export interface Trade {
  /** Fills at once, at most `slippage` beyond the best price; what cannot fill is not left in the book. */
  market(request: MarketRequest): Promise<OrderResult>;
  limit(request: LimitRequest): Promise<OrderResult>;
  /** Sells below (buys above) the market when the mark price reaches `trigger`. */
  stop(request: TriggerRequest): Promise<OrderResult>;
  /** Sells above (buys below) the market when the mark price reaches `trigger`. */
  takeProfit(request: TriggerRequest): Promise<OrderResult>;
  /** Closes the account's whole position in the coin, whoever opened it. */
  close(request: CloseRequest): Promise<OrderResult>;
  cancel(request: CancelRequest): Promise<CancelResult>;
  /** Cancels this strategy's own orders, of one coin or of all. */
  cancelAll(request?: CoinFilter): Promise<CancelAllResult>;
  /** This strategy's own orders in the book, of one coin or of all. */
  openOrders(request?: CoinFilter): Promise<OpenOrder[]>;
  setLeverage(request: LeverageRequest): Promise<LeverageResult>;
}

interface CoinFilter {
  readonly coin?: string;
}

/** What a market order is on the wire. */
const TAKES = { kind: "limit", timeInForce: "ioc" } as const;

/** An order whose size is still as it was asked. */
type Draft = Omit<OrderTicket, "clientOrderId">;

/** Orders on an exchange behind a port. */
export class PortTrade implements Trade {
  readonly #tools: TradeTools;
  readonly #port: TradePort;

  constructor(tools: TradeTools) {
    this.#tools = tools;
    this.#port = tools.port;
  }

  market(request: MarketRequest): Promise<OrderResult> {
    // Without an async function where nothing has to be waited for: that costs a backtest a tenth of its order.
    try {
      const result = this.#market(request);
      return result instanceof Promise ? result : Promise.resolve(result);
    } catch (error) {
      return failing(error);
    }
  }

  async limit(request: LimitRequest): Promise<OrderResult> {
    const { coin, side, timeInForce = "gtc", reduceOnly = false } = request;
    checkPositive("size", request.size);
    checkPositive("price", request.price);
    const asked = this.#port.instrument(coin);
    const instrument = asked instanceof Promise ? await asked : asked;
    const price = limitPrice(request.price, side, instrument);
    const type = { kind: "limit", timeInForce } as const;
    const { size } = request;
    const result = this.#place({ instrument, side, size, price, reduceOnly, type });
    return result instanceof Promise ? await result : result;
  }

  async stop(request: TriggerRequest): Promise<OrderResult> {
    return await this.#trigger(request, "stop");
  }

  async takeProfit(request: TriggerRequest): Promise<OrderResult> {
    return await this.#trigger(request, "takeProfit");
  }

  async close(request: CloseRequest): Promise<OrderResult> {
    const { coin } = request;
    const position = await this.#port.position(coin);
    if (position.kind === "lost") return notAsked(`the position in ${coin}`, position);
    if (position.size === 0) return { kind: "rejected", reason: `there is no position in ${coin}` };
    const side = opposite(position.size > 0 ? "buy" : "sell");
    return await this.market({ ...request, side, size: Math.abs(position.size), reduceOnly: true });
  }

  async cancel(request: CancelRequest): Promise<CancelResult> {
    const instrument = await this.#port.instrument(request.coin);
    const [outcome] = await this.#cancel([{ instrument, orderId: request.orderId }]);
    return outcome ?? { kind: "rejected", reason: "the exchange did not answer for this order" };
  }

  async cancelAll(request: CoinFilter = {}): Promise<CancelAllResult> {
    const tickets: CancelTicket[] = [];
    for (const { coin, orderId } of await this.openOrders(request)) {
      tickets.push({ instrument: await this.#port.instrument(coin), orderId });
    }
    const rejected: { orderId: number; reason: string }[] = [];
    for (let start = 0; start < tickets.length; start += CANCELS_PER_ACTION_MAX) {
      const batch = tickets.slice(start, start + CANCELS_PER_ACTION_MAX);
      const outcomes = await this.#cancel(batch);
      for (const [index, outcome] of outcomes.entries()) {
        const orderId = batch[index]?.orderId;
        if (outcome.kind === "rejected" && orderId !== undefined) {
          rejected.push({ orderId, reason: outcome.reason });
        }
      }
    }
    return { cancelled: tickets.length - rejected.length, rejected };
  }

  async openOrders(request: CoinFilter = {}): Promise<OpenOrder[]> {
    const orders = await this.#port.openOrders();
    return orders.flatMap((order) => {
      const { clientOrderId } = order;
      if (clientOrderId === null || tagOf(clientOrderId) !== this.#tools.tag) return [];
      return request.coin === undefined || request.coin === order.coin
        ? [{ ...order, clientOrderId }]
        : [];
    });
  }

  async setLeverage(request: LeverageRequest): Promise<LeverageResult> {
    const { coin, leverage, isolated = false } = request;
    checkPositive("leverage", leverage);
    const instrument = await this.#port.instrument(coin);
    return await untilAnswered(`set the leverage of ${coin} to ${leverage}`, async () => {
      return await this.#port.setLeverage(instrument, leverage, !isolated);
    });
  }

  #market(request: MarketRequest): Soon<OrderResult> {
    const { coin, size, slippage = SLIPPAGE_DEFAULT } = request;
    checkPositive("size", size);
    checkSlippage(slippage);
    const instrument = this.#port.instrument(coin);
    return instrument instanceof Promise
      ? instrument.then((known) => this.#ask(request, known))
      : this.#ask(request, instrument);
  }

  #ask(request: MarketRequest, instrument: Instrument): Soon<OrderResult> {
    const book = this.#port.topOfBook(request.coin);
    return book instanceof Promise
      ? book.then((shown) => this.#meet(request, instrument, shown))
      : this.#meet(request, instrument, book);
  }

  #meet(request: MarketRequest, instrument: Instrument, book: TopOfBook | Lost): Soon<OrderResult> {
    const { coin, side, size, slippage = SLIPPAGE_DEFAULT, reduceOnly = false } = request;
    if (book.kind === "lost") return notAsked(`the price of ${coin}`, book);
    const best = side === "buy" ? book.ask : book.bid;
    if (best === undefined) {
      return {
        kind: "rejected",
        reason: `nobody ${side === "buy" ? "sells" : "buys"} ${coin} now`,
      };
    }
    const price = capPrice(best, side, slippage, instrument);
    return this.#place({ instrument, side, size, price, reduceOnly, type: TAKES });
  }

  async #trigger(request: TriggerRequest, purpose: "stop" | "takeProfit"): Promise<OrderResult> {
    const { coin, side, size } = request;
    checkPositive("size", size);
    checkPositive("trigger", request.trigger);
    if (request.price !== undefined) checkPositive("price", request.price);
    const instrument = await this.#port.instrument(coin);
    const trigger = triggerPrice(request.trigger, instrument);
    const isMarket = request.price === undefined;
    const price =
      request.price === undefined
        ? triggerCapPrice(trigger, side, instrument)
        : limitPrice(request.price, side, instrument);
    const type = { kind: "trigger", trigger, isMarket, purpose } as const;
    // The exchange refuses a stop or take-profit that could open a position.
    return await this.#place({ instrument, side, size, price, reduceOnly: true, type });
  }

  #place(draft: Draft): Soon<OrderResult> {
    const { instrument, side, price, reduceOnly, type } = draft;
    const size = lots(draft.size, instrument);
    if (size === 0) return underOneLot(draft.size, instrument);
    const clientOrderId = this.#tools.nextClientOrderId();
    const ticket = { instrument, side, price, reduceOnly, type, size, clientOrderId };
    const outcome = this.#port.place(ticket);
    return outcome instanceof Promise || outcome.kind === "lost"
      ? this.#settle(ticket, outcome)
      : resultOf(ticket, outcome);
  }

  async #settle(ticket: OrderTicket, answer: Soon<PlaceOutcome>): Promise<OrderResult> {
    const outcome = await answer;
    const settled = outcome.kind === "lost" ? await settle(this.#tools, ticket, outcome) : outcome;
    return resultOf(ticket, settled);
  }

  async #cancel(tickets: readonly CancelTicket[]): Promise<readonly CancelOutcome[]> {
    const reply = await untilAnswered(`cancel ${tickets.length} orders`, async () => {
      return await this.#port.cancel(tickets);
    });
    return reply.outcomes;
  }
}

function resultOf({ clientOrderId, size, price }: OrderTicket, settled: Settled): OrderResult {
  switch (settled.kind) {
    case "filled":
      return {
        kind: "filled",
        orderId: settled.orderId,
        clientOrderId,
        size: settled.size,
        price: settled.price,
      };
    case "resting":
      return { ...settled, clientOrderId, size, price };
    case "rejected":
      return settled;
    default:
      return unreachable(settled, "outcome of an order");
  }
}

/** Nothing was sent, because what had to be known first could not be asked. */
const notAsked = (what: string, { problem }: Lost): OrderResult => ({
  kind: "rejected",
  reason: `the exchange did not tell ${what}: ${problem}`,
});

/** A promise that rejects with what was thrown. */
async function failing(thrown: unknown): Promise<never> {
  await Promise.resolve();
  throw thrown;
}
