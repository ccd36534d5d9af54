/** Orders of a backtest: `this.trade` straight on the matching core. */
import type { BacktestExchange } from "#runner/backtest/exchange.ts";
import type { Recorder } from "#runner/backtest/recorder.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { updateLeverage } from "#runner/exchange/leverage.ts";
import { type Order, type OrderRequest, rejectionText } from "#runner/exchange/orders.ts";
import type { Reply } from "#runner/exchange/outcomes.ts";
import type {
  BookedOrder,
  CancelOutcome,
  CancelReply,
  CancelTicket,
  HeldPosition,
  LeverageOutcome,
  OrderFate,
  OrderTicket,
  PlaceOutcome,
  TopOfBook,
  TradePort,
} from "#runner/trade/port.ts";
import { unreachable } from "#shared/assert.ts";
import { UnknownCoinError } from "#shared/errors.ts";
import type { Instrument } from "#shared/instrument.ts";

const PURPOSE = { stop: "sl", takeProfit: "tp" } as const;

export class BacktestTradePort implements TradePort {
  readonly #exchange: BacktestExchange;
  readonly #recorder: Recorder;

  constructor(exchange: BacktestExchange, recorder: Recorder) {
    this.#exchange = exchange;
    this.#recorder = recorder;
  }

  instrument(coin: string): Instrument {
    return this.#perp(coin);
  }

  /** Around the last close: what comes after it is known to nobody. */
  topOfBook(coin: string): TopOfBook {
    const { slippage } = this.#exchange;
    const last = this.#exchange.tapeOf(coin)?.last ?? Number.NaN;
    if (Number.isNaN(last)) return { kind: "book", bid: undefined, ask: undefined };
    return { kind: "book", bid: last * (1 - slippage), ask: last * (1 + slippage) };
  }

  place(ticket: OrderTicket): PlaceOutcome {
    const reply = this.#exchange.place(requestOf(ticket, this.#perp(ticket.instrument.coin)));
    const outcome = outcomeOf(reply);
    if (outcome.kind === "rejected") this.#recorder.refusal(outcome.reason);
    return outcome;
  }

  async fateOf(clientOrderId: `0x${string}`): Promise<OrderFate> {
    return await Promise.resolve(this.#fateOf(clientOrderId));
  }

  async openOrders(): Promise<readonly BookedOrder[]> {
    const { orders } = this.#exchange.user.account;
    return await Promise.resolve([...orders.values()].map(bookedOrder));
  }

  async cancel(tickets: readonly CancelTicket[]): Promise<CancelReply> {
    const outcomes = tickets.map((ticket) => this.#cancelOne(ticket));
    return await Promise.resolve({ kind: "answered", outcomes });
  }

  async setLeverage(
    { coin }: Instrument,
    leverage: number,
    isCross: boolean,
  ): Promise<LeverageOutcome> {
    const { user, matching } = this.#exchange;
    const perp = this.#perp(coin);
    const kind = isCross ? "cross" : "isolated";
    const refusal = this.#exchange.change(() =>
      updateLeverage(user.account, perp, { kind, value: leverage }, matching.mark),
    );
    return await Promise.resolve(
      refusal === undefined ? { kind: "set" } : { kind: "rejected", reason: refusal },
    );
  }

  position(coin: string): HeldPosition {
    return { kind: "position", size: this.#exchange.user.account.sizeOf(this.#perp(coin)) };
  }

  #fateOf(clientOrderId: string): OrderFate {
    const { history } = this.#exchange.user;
    const order = history.findOrder(clientOrderId);
    if (order === undefined) return { kind: "unknown" };
    const orderId = order.id;
    if (order.status === "open") return { kind: "resting", orderId };
    const own = history.newestFills().filter((fill) => fill.order === order);
    const size = own.reduce((sum, fill) => sum + fill.size, 0);
    if (size === 0) return { kind: "rejected", reason: order.status };
    const price = own.reduce((sum, fill) => sum + fill.price * fill.size, 0) / size;
    return { kind: "filled", orderId, size, price };
  }

  #cancelOne({ instrument, orderId }: CancelTicket): CancelOutcome {
    const order = this.#exchange.user.account.orders.get(orderId);
    if (order === undefined || order.perp.assetId !== instrument.assetId) {
      const reason = `Order was never placed, already canceled, or filled. asset=${instrument.assetId}`;
      return { kind: "rejected", reason };
    }
    this.#exchange.cancel(order);
    return { kind: "cancelled" };
  }

  /** Throws `UnknownCoinError`. */
  #perp(coin: string): Perp {
    const tape = this.#exchange.tapeOf(coin);
    if (tape !== undefined) return tape.perp;
    throw new UnknownCoinError(
      coin,
      this.#exchange.tapes.map(({ perp }) => perp.coin),
    );
  }
}

function requestOf(ticket: OrderTicket, perp: Perp): OrderRequest {
  const { side, price, size, reduceOnly, clientOrderId, type } = ticket;
  if (type.kind === "limit") {
    const { timeInForce } = type;
    return { perp, side, price, size, reduceOnly, clientOrderId, timeInForce };
  }
  const { isMarket, purpose } = type;
  const trigger = { price: type.trigger, kind: PURPOSE[purpose], isMarket };
  const timeInForce = isMarket ? "ioc" : "gtc";
  return { perp, side, price, size, reduceOnly, clientOrderId, timeInForce, trigger };
}

function outcomeOf(reply: Reply | string): Exclude<PlaceOutcome, { kind: "lost" }> {
  if (typeof reply === "string") return { kind: "rejected", reason: reply };
  const { order } = reply;
  switch (reply.kind) {
    case "filled":
      return { kind: "filled", orderId: order.id, size: reply.size, price: reply.averagePrice };
    case "resting":
    case "waitingForFill":
    case "waitingForTrigger":
      return { kind: "resting", orderId: order.id };
    case "rejected":
      return { kind: "rejected", reason: rejectionText(reply.rejection, order.perp) };
    default:
      return unreachable(reply, "reply");
  }
}

const bookedOrder = (order: Order): BookedOrder => ({
  coin: order.perp.coin,
  orderId: order.id,
  clientOrderId: order.clientOrderId,
  side: order.side,
  price: order.price,
  size: order.remaining,
  sizeAsked: order.size,
});
