/** Orders on a network: `this.trade` over the SDK's clients. */
import type { ExchangeClient, InfoClient } from "@nktkas/hyperliquid";
import { ApiRequestError } from "@nktkas/hyperliquid/api/exchange";
import {
  lostReply,
  outcomeOfOrderReply,
  outcomeOfReply,
  outcomeOfThrown,
  outcomesOfCancelReply,
} from "#runner/network/outcomes.ts";
import type {
  BookedOrder,
  CancelReply,
  CancelTicket,
  HeldPosition,
  LeverageOutcome,
  Lost,
  OrderFate,
  OrderTicket,
  PlaceOutcome,
  TopOfBook,
  TradePort,
} from "#runner/trade/port.ts";
import { formatDecimal, type Instrument } from "#shared/instrument.ts";
import { parseReply } from "#shared/json.ts";
import { fromWireSide } from "#shared/order.ts";
import {
  ClearinghouseState,
  FillsOfOrders,
  L2Book,
  OpenOrders,
  OrderStatus,
} from "#shared/wire.ts";

export interface NetworkAccount {
  readonly exchange: ExchangeClient;
  readonly info: InfoClient;
  /** The address that holds the funds. */
  readonly address: string;
  /** Asks the manager. Throws `UnknownCoinError`. */
  instrument(coin: string): Promise<Instrument>;
}

/** Statuses of an order that is alive; the list is open-ended, so the others are sorted by their suffix. */
const ALIVE = new Set(["open", "triggered"]);

export class NetworkTradePort implements TradePort {
  readonly #account: NetworkAccount;

  constructor(account: NetworkAccount) {
    this.#account = account;
  }

  async instrument(coin: string): Promise<Instrument> {
    return await this.#account.instrument(coin);
  }

  async topOfBook(coin: string): Promise<TopOfBook | Lost> {
    return await orLost(async () => {
      const reply = await this.#account.info.l2Book({ coin });
      const book = parseReply(L2Book, reply, "the exchange's book");
      const [bids, asks] = book?.levels ?? [[], []];
      return { kind: "book", bid: bids[0]?.px, ask: asks[0]?.px };
    });
  }

  async place(ticket: OrderTicket): Promise<PlaceOutcome> {
    try {
      return outcomeOfOrderReply(
        await this.#account.exchange.order({ orders: [wireOrder(ticket)], grouping: "na" }),
      );
    } catch (error) {
      const reply = error instanceof ApiRequestError ? error.response : undefined;
      const outcome = outcomeOfOrderReply(reply);
      return outcome.kind === "rejected" ? outcome : outcomeOfThrown(error);
    }
  }

  async fateOf(clientOrderId: `0x${string}`): Promise<OrderFate> {
    return await orLost(async () => {
      const { info, address } = this.#account;
      const reply = await info.orderStatus({ user: address, oid: clientOrderId });
      const found = parseReply(OrderStatus, reply, "the exchange's order status");
      if (found.status === "unknownOid") return { kind: "unknown" };
      const { status, order } = found.order;
      if (ALIVE.has(status)) return { kind: "resting", orderId: order.oid };
      if (status.endsWith("Rejected")) return { kind: "rejected", reason: status };
      return await this.#ended(order.oid, status);
    });
  }

  /** An order that is filled, or cancelled with or without a part filled: its fills say which. */
  async #ended(orderId: number, status: string): Promise<OrderFate> {
    const { info, address } = this.#account;
    const reply = await info.userFills({ user: address });
    const fills = parseReply(FillsOfOrders, reply, "the exchange's fills");
    const own = fills.filter(({ oid }) => oid === orderId);
    const size = own.reduce((sum, { sz }) => sum + sz, 0);
    if (size > 0) {
      const price = own.reduce((sum, { px, sz }) => sum + px * sz, 0) / size;
      return { kind: "filled", orderId, size, price };
    }
    // Its fills are not listed yet.
    if (status === "filled") return { kind: "unknown" };
    return { kind: "rejected", reason: `the order ended as "${status}" without a fill` };
  }

  async openOrders(): Promise<readonly BookedOrder[]> {
    const reply = await this.#account.info.openOrders({ user: this.#account.address });
    return parseReply(OpenOrders, reply, "the exchange's open orders").map((order) => ({
      coin: order.coin,
      orderId: order.oid,
      clientOrderId: order.cloid ?? null,
      side: fromWireSide(order.side),
      price: order.limitPx,
      size: order.sz,
      sizeAsked: order.origSz,
    }));
  }

  async cancel(tickets: readonly CancelTicket[]): Promise<CancelReply | Lost> {
    const cancels = tickets.map(({ instrument, orderId }) => ({
      a: instrument.assetId,
      o: orderId,
    }));
    try {
      const reply: unknown = await this.#account.exchange.cancel({ cancels });
      const outcomes = outcomesOfCancelReply(reply, tickets.length);
      return outcomes === undefined ? lostReply(reply) : answered(outcomes);
    } catch (error) {
      const reply = error instanceof ApiRequestError ? error.response : undefined;
      const outcomes = outcomesOfCancelReply(reply, tickets.length);
      if (outcomes !== undefined) return answered(outcomes);
      const outcome = outcomeOfThrown(error);
      return outcome.kind === "lost" ? outcome : answered(tickets.map(() => outcome));
    }
  }

  async setLeverage(
    instrument: Instrument,
    leverage: number,
    isCross: boolean,
  ): Promise<LeverageOutcome | Lost> {
    try {
      const asset = instrument.assetId;
      const reply: unknown = await this.#account.exchange.updateLeverage({
        asset,
        isCross,
        leverage,
      });
      return outcomeOfReply(reply);
    } catch (error) {
      return outcomeOfThrown(error);
    }
  }

  async position(coin: string): Promise<HeldPosition | Lost> {
    return await orLost(async () => {
      const reply = await this.#account.info.clearinghouseState({ user: this.#account.address });
      const state = parseReply(ClearinghouseState, reply, "the exchange's account state");
      const held = state.assetPositions.find(({ position }) => position.coin === coin);
      return { kind: "position", size: held?.position.szi ?? 0 };
    });
  }
}

/** A question that got no answer does no harm: it is said, not thrown. */
async function orLost<Answer>(ask: () => Promise<Answer>): Promise<Answer | Lost> {
  try {
    return await ask();
  } catch (error) {
    const outcome = outcomeOfThrown(error);
    return outcome.kind === "lost" ? outcome : { kind: "lost", problem: outcome.reason };
  }
}

const answered = (outcomes: CancelReply["outcomes"]): CancelReply => ({
  kind: "answered",
  outcomes,
});

const TIME_IN_FORCE = { gtc: "Gtc", ioc: "Ioc", alo: "Alo" } as const;
const PURPOSE = { stop: "sl", takeProfit: "tp" } as const;

function wireOrder(ticket: OrderTicket) {
  const { type } = ticket;
  return {
    a: ticket.instrument.assetId,
    b: ticket.side === "buy",
    p: formatDecimal(ticket.price),
    s: formatDecimal(ticket.size),
    r: ticket.reduceOnly,
    t:
      type.kind === "limit"
        ? { limit: { tif: TIME_IN_FORCE[type.timeInForce] } }
        : {
            trigger: {
              isMarket: type.isMarket,
              triggerPx: formatDecimal(type.trigger),
              tpsl: PURPOSE[type.purpose],
            },
          },
    c: ticket.clientOrderId,
  };
}
