/** Carries out the actions of a known account, and answers in the exchange's forms. */

import type { Account } from "#runner/exchange/account.ts";
import type { Action, LimitTif, WireOrder } from "#runner/exchange/actions.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { updateLeverage } from "#runner/exchange/leverage.ts";
import type { Matching, Outcome, Reply } from "#runner/exchange/matching.ts";
import {
  type Order,
  type OrderRequest,
  type OrderTimeInForce,
  prevalidate,
  rejectionText,
} from "#runner/exchange/orders.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { averagePriceToWire } from "#runner/exchange/wire/account.ts";
import { unreachable } from "#shared/assert.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import { formatDecimal } from "#shared/instrument.ts";

/** Every answer is HTTP 200; a refusal of the whole action has `status` `err`. */
export type ActionReply =
  | { readonly status: "err"; readonly response: string }
  | { readonly status: "ok"; readonly response: unknown };

export const failed = (text: string): ActionReply => ({ status: "err", response: text });

const DONE: ActionReply = { status: "ok", response: { type: "default" } };

const done = (type: string, statuses: readonly unknown[]): ActionReply => ({
  status: "ok",
  response: { type, data: { statuses } },
});

/** Most orders or cancels in one action. */
const BATCH_MAX = 200;

/** What an order sees of a market: the simulator's own, or one whose prices are of a network. */
export interface QuotedMarket {
  /** By asset id. */
  readonly universe: readonly (Perp | undefined)[];
  /** Of a coin that is listed: its price in USDC, and its book. */
  of(coin: Coin): { readonly price: number; quote(): Quote };
}

export interface ActionContext {
  readonly exchange: { readonly market: QuotedMarket; readonly matching: Matching };
  readonly account: Account;
  readonly nowMs: UnixMs;
}

/** Runs one action; what happens to orders is appended to `outcomes`. */
export function runAction(
  context: ActionContext,
  action: Action,
  outcomes: Outcome[],
): ActionReply {
  switch (action.type) {
    case "order":
      return placeAll(context, action, outcomes);
    case "cancel":
      return cancelAll(
        context,
        action.type,
        action.cancels.map(({ a, o }) => ({ asset: a, order: context.account.orders.get(o) })),
        outcomes,
      );
    case "cancelByCloid":
      return cancelAll(
        context,
        action.type,
        action.cancels.map(({ asset, cloid }) => ({
          asset,
          order: findByCloid(context.account, asset, cloid),
        })),
        outcomes,
      );
    case "updateLeverage":
      return setLeverage(context, action);
    case "noop":
      return DONE;
    default:
      return unreachable(action, "action");
  }
}

const overweight = (count: number): ActionReply | undefined =>
  count > BATCH_MAX ? failed(`Signed action over weight limit of ${BATCH_MAX}.`) : undefined;

function placeAll(
  context: ActionContext,
  action: Extract<Action, { type: "order" }>,
  outcomes: Outcome[],
): ActionReply {
  const heavy = overweight(action.orders.length);
  if (heavy !== undefined) return heavy;
  if (action.grouping !== "na") return failed("Order grouping is not simulated");
  if (action.builder !== undefined) return failed("Builder fee has not been approved");
  const requests: OrderRequest[] = [];
  for (const order of action.orders) {
    const request = toRequest(context, order);
    if (typeof request === "string") return done("order", [{ error: request }]);
    requests.push(request);
  }
  const statuses = requests.map((request) => placeOne(context, request, outcomes));
  return done("order", statuses);
}

/** The request in our words, or what is wrong with it: then nothing of its batch is placed. */
function toRequest({ exchange }: ActionContext, order: WireOrder): OrderRequest | string {
  const perp = exchange.market.universe[order.a];
  if (perp === undefined) return "Order has invalid asset.";
  if ("trigger" in order.t) return "Trigger orders are not simulated";
  const request: OrderRequest = {
    perp,
    side: order.b ? "buy" : "sell",
    price: Number(order.p),
    size: Number(order.s),
    reduceOnly: order.r,
    timeInForce: TIME_IN_FORCE[order.t.limit.tif],
    clientOrderId: order.c ?? null,
  };
  return prevalidate(request, exchange.market.of(perp.coin).price) ?? request;
}

const TIME_IN_FORCE: Readonly<Record<LimitTif, OrderTimeInForce>> = {
  Gtc: "gtc",
  Ioc: "ioc",
  Alo: "alo",
  FrontendMarket: "frontendMarket",
};

function placeOne(
  { exchange, account, nowMs }: ActionContext,
  request: OrderRequest,
  outcomes: Outcome[],
): unknown {
  const quote = exchange.market.of(request.perp.coin).quote();
  return replyToWire(exchange.matching.place(account, request, { quote, nowMs }, outcomes));
}

function replyToWire(reply: Reply): unknown {
  const cloid = reply.order.clientOrderId === null ? {} : { cloid: reply.order.clientOrderId };
  switch (reply.kind) {
    case "resting":
      return { resting: { oid: reply.order.id, ...cloid } };
    case "filled":
      return {
        filled: {
          totalSz: formatDecimal(reply.size),
          avgPx: averagePriceToWire(reply.order, reply.averagePrice),
          oid: reply.order.id,
          ...cloid,
        },
      };
    case "rejected":
      return { error: rejectionText(reply.rejection, reply.order.perp) };
    default:
      return unreachable(reply, "reply");
  }
}

interface CancelRequest {
  readonly asset: number;
  readonly order: Order | undefined;
}

function cancelAll(
  { exchange, nowMs }: ActionContext,
  type: string,
  cancels: readonly CancelRequest[],
  outcomes: Outcome[],
): ActionReply {
  const heavy = overweight(cancels.length);
  if (heavy !== undefined) return heavy;
  const statuses = cancels.map(({ asset, order }) => {
    // The same order may stand in one action twice.
    if (order === undefined || order.perp.assetId !== asset || order.status !== "open") {
      return {
        error: `Order was never placed, already canceled, or filled. asset=${asset}`,
      };
    }
    exchange.matching.cancel(order, nowMs, outcomes);
    return "success";
  });
  return done(type, statuses);
}

/** Of several open orders with one client id the newest. */
const findByCloid = (account: Account, asset: number, cloid: string): Order | undefined =>
  [...account.orders.values()].findLast(
    (order) => order.clientOrderId === cloid && order.perp.assetId === asset,
  );

function setLeverage(
  { exchange, account }: ActionContext,
  action: Extract<Action, { type: "updateLeverage" }>,
): ActionReply {
  const perp: Perp | undefined = exchange.market.universe[action.asset];
  if (perp === undefined) return failed("Invalid asset");
  const leverage = { kind: action.isCross ? "cross" : "isolated", value: action.leverage } as const;
  const refusal = updateLeverage(account, perp, leverage, exchange.matching.mark);
  return refusal === undefined ? DONE : failed(refusal);
}
