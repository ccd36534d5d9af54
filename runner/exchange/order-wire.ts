/** Orders between the exchange's forms and ours: requests in, statuses out. */

import type { ActionContext } from "#runner/exchange/action-reply.ts";
import type { LimitTif, OrderAction, WireOrder } from "#runner/exchange/actions.ts";
import { delistedText } from "#runner/exchange/delisting.ts";
import type { Order, OrderRequest, OrderTimeInForce } from "#runner/exchange/orders.ts";
import { prevalidate, rejectionText } from "#runner/exchange/orders.ts";
import type { Reply } from "#runner/exchange/outcomes.ts";
import { averagePriceToWire } from "#runner/exchange/wire/orders.ts";
import { unreachable } from "#shared/assert.ts";
import { formatDecimal } from "#shared/instrument.ts";

const TIME_IN_FORCE: Readonly<Record<LimitTif, OrderTimeInForce>> = {
  Gtc: "gtc",
  Ioc: "ioc",
  Alo: "alo",
  FrontendMarket: "frontendMarket",
};

/** A builder's fee is said in tenths of a basis point. */
const BUILDER_FEE_UNIT = 1e-5;
/** Most that a builder may take of a perp's notional: 0.1 %. */
const BUILDER_FEE_MAX = 100;

/** What is said of a whole action beside its orders. */
export interface OrderManner {
  readonly ofPosition: boolean;
  readonly builder: OrderAction["builder"];
}

export const PLAIN: OrderManner = { ofPosition: false, builder: undefined };

export const asksTooMuch = (builder: OrderAction["builder"]): boolean =>
  builder !== undefined && builder.f > BUILDER_FEE_MAX;

/** The request in our words, or what is wrong with it: then nothing of its batch is placed. */
export function toRequest(
  exchange: ActionContext["exchange"],
  order: WireOrder,
  manner: OrderManner,
): OrderRequest | string {
  const perp = exchange.market.universe[order.a];
  if (perp === undefined) return "Order has invalid asset.";
  if (exchange.isDelisted(perp)) return delistedText(perp);
  const request: OrderRequest = {
    perp,
    side: order.b ? "buy" : "sell",
    price: Number(order.p),
    size: Number(order.s),
    reduceOnly: order.r,
    clientOrderId: order.c ?? null,
    ofPosition: manner.ofPosition,
    builderRate: manner.builder === undefined ? undefined : manner.builder.f * BUILDER_FEE_UNIT,
    ...typeOf(order),
  };
  return prevalidate(request, exchange.market.of(perp.coin).price) ?? request;
}

/** A fired market order is an `ioc`, a fired limit order a `gtc`. */
function typeOf({ t }: WireOrder): Pick<OrderRequest, "timeInForce" | "trigger"> {
  if ("limit" in t) return { timeInForce: TIME_IN_FORCE[t.limit.tif], trigger: undefined };
  const { isMarket, triggerPx, tpsl } = t.trigger;
  return {
    timeInForce: isMarket ? "ioc" : "gtc",
    trigger: { price: Number(triggerPx), kind: tpsl, isMarket },
  };
}

const idOf = (order: Order) => ({
  oid: order.id,
  ...(order.clientOrderId === null ? {} : { cloid: order.clientOrderId }),
});

/** One status of the reply to an order. */
export function replyToWire(reply: Reply): unknown {
  switch (reply.kind) {
    case "resting":
      return { resting: idOf(reply.order) };
    case "waitingForFill":
    case "waitingForTrigger":
      return reply.kind;
    case "filled":
      return {
        filled: {
          totalSz: formatDecimal(reply.size),
          avgPx: averagePriceToWire(reply.order, reply.averagePrice),
          ...idOf(reply.order),
        },
      };
    case "rejected":
      return { error: rejectionText(reply.rejection, reply.order.perp) };
    default:
      return unreachable(reply, "reply");
  }
}
