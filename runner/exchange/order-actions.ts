/** Orders placed and replaced, answered in the exchange's forms. */

import {
  type ActionContext,
  type ActionReply,
  DONE,
  done,
  failed,
  overweight,
} from "#runner/exchange/action-reply.ts";
import type { ModifyRequest, OrderAction } from "#runner/exchange/actions.ts";
import type { Arrival } from "#runner/exchange/matching.ts";
import { asksTooMuch, PLAIN, replyToWire, toRequest } from "#runner/exchange/order-wire.ts";
import { type Order, type OrderRequest, rejectionText } from "#runner/exchange/orders.ts";
import type { Outcome, Reply } from "#runner/exchange/outcomes.ts";
import { takesOf } from "#runner/exchange/refusals.ts";

export function placeAll(
  context: ActionContext,
  action: OrderAction,
  outcomes: Outcome[],
): ActionReply {
  const heavy = overweight(action.orders.length);
  if (heavy !== undefined) return heavy;
  if (asksTooMuch(action.builder)) return failed("Builder fee has not been approved");
  const manner = { ofPosition: action.grouping === "positionTpsl", builder: action.builder };
  const requests: OrderRequest[] = [];
  for (const order of action.orders) {
    const request = toRequest(context.exchange, order, manner);
    if (typeof request === "string") return done("order", [{ error: request }]);
    requests.push(request);
  }
  if (action.grouping === "normalTpsl") return placeFamily(context, requests, outcomes);
  if (action.grouping === "positionTpsl") return placeOfPosition(context, requests, outcomes);
  const replies = requests.map((request) =>
    context.exchange.matching.place(
      context.account,
      request,
      arrivalOf(context, request),
      outcomes,
    ),
  );
  return done("order", replies.map(replyToWire));
}

const arrivalOf = ({ exchange, nowMs }: ActionContext, { perp }: OrderRequest): Arrival => ({
  quote: exchange.market.of(perp.coin).quote(),
  nowMs,
});

const CHILDREN_TEXT = "TP/SL orders must close what the first order opens.";
const POSITION_TEXT = "TP/SL orders of a position must have a trigger.";

/** The first order is the parent, the rest close what it opens. */
function placeFamily(
  context: ActionContext,
  requests: readonly OrderRequest[],
  outcomes: Outcome[],
): ActionReply {
  const [first, ...children] = requests;
  if (first === undefined) return failed(CHILDREN_TEXT);
  const closes = (child: OrderRequest): boolean =>
    child.trigger !== undefined && child.perp === first.perp && child.side !== first.side;
  if (first.trigger !== undefined || !children.every(closes)) {
    return done("order", [{ error: CHILDREN_TEXT }]);
  }
  const { matching } = context.exchange;
  const parent = matching.place(context.account, first, arrivalOf(context, first), outcomes);
  if (parent.kind === "rejected") {
    const error = rejectionText(parent.rejection, first.perp);
    return done(
      "order",
      requests.map(() => ({ error })),
    );
  }
  const replies = matching.placeChildren(parent.order, children, context.nowMs, outcomes);
  return done("order", [parent, ...replies].map(replyToWire));
}

function placeOfPosition(
  context: ActionContext,
  requests: readonly OrderRequest[],
  outcomes: Outcome[],
): ActionReply {
  if (requests.some(({ trigger }) => trigger === undefined)) {
    return done("order", [{ error: POSITION_TEXT }]);
  }
  const replies = context.exchange.matching.placeSiblings(
    context.account,
    requests,
    (request) => arrivalOf(context, request),
    outcomes,
  );
  return done("order", replies.map(replyToWire));
}

const INVALID_NEW_ORDER = "Attempted to modify to invalid new order";
const MISSING_OLD_ORDER = "Cannot modify canceled or filled order";

/** Answers `default`, or an order reply with the error. */
export function modify(
  context: ActionContext,
  modified: ModifyRequest,
  always: boolean,
  outcomes: Outcome[],
): ActionReply {
  const replaced = replaceOne(context, modified, always, outcomes);
  if (typeof replaced === "string") return done("order", [{ error: replaced }]);
  return replaced.kind === "rejected" ? done("order", [replyToWire(replaced)]) : DONE;
}

export function batchModify(
  context: ActionContext,
  modifies: readonly ModifyRequest[],
  always: boolean,
  outcomes: Outcome[],
): ActionReply {
  const heavy = overweight(modifies.length);
  if (heavy !== undefined) return heavy;
  const statuses = modifies.map((each) => {
    const replaced = replaceOne(context, each, always, outcomes);
    return typeof replaced === "string" ? { error: replaced } : replyToWire(replaced);
  });
  return done("order", statuses);
}

/** Cancels one order and places the new one under a new id; a text when the old one stays as it is. */
function replaceOne(
  context: ActionContext,
  { oid, order }: ModifyRequest,
  always: boolean,
  outcomes: Outcome[],
): Reply | string {
  const { account, exchange } = context;
  const old = typeof oid === "number" ? account.orders.get(oid) : account.findByCloid(oid, order.a);
  const ofPosition = old?.ofPosition ?? false;
  const request = toRequest(exchange, order, { ...PLAIN, ofPosition });
  if (typeof request === "string") return request;
  const at = arrivalOf(context, request);
  const isSamePerp = old === undefined || old.perp === request.perp;
  if (!isSamePerp || (!always && !waits(request, old, at))) {
    return `${INVALID_NEW_ORDER} asset=${order.a}`;
  }
  if (old !== undefined) return exchange.matching.replace(old, request, at, outcomes);
  if (!always) return `${MISSING_OLD_ORDER} asset=${order.a}`;
  return exchange.matching.place(account, request, at, outcomes);
}

/**
 * Whether the new order is sure not to trade at once: `alo`, or a `gtc` that crosses nothing. The
 * same is true of an order that waits for a trigger and replaces one that did.
 */
function waits(request: OrderRequest, old: Order | undefined, at: Arrival): boolean {
  if (request.trigger !== undefined) return old?.trigger !== undefined;
  if (request.timeInForce === "alo") return true;
  return request.timeInForce === "gtc" && takesOf(request, at.quote).length === 0;
}
