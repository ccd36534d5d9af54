/** Carries out the actions of a known account, and answers in the exchange's forms. */

import {
  type ActionContext,
  type ActionReply,
  DONE,
  done,
  doneUnless,
  failed,
  overweight,
} from "#runner/exchange/action-reply.ts";
import type { Action } from "#runner/exchange/actions.ts";
import { delistedText } from "#runner/exchange/delisting.ts";
import { updateIsolatedMargin } from "#runner/exchange/isolated-margin.ts";
import { updateLeverage } from "#runner/exchange/leverage.ts";
import { batchModify, modify, placeAll } from "#runner/exchange/order-actions.ts";
import type { Order } from "#runner/exchange/orders.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import { unreachable } from "#shared/assert.ts";

/** Runs one action; what happens to orders is appended to `outcomes`. */
export function runAction(
  context: ActionContext,
  action: Action,
  outcomes: Outcome[],
): ActionReply {
  const { account, schedule, wallMs } = context;
  switch (action.type) {
    case "order":
      return placeAll(context, action, outcomes);
    case "modify":
      return modify(context, action, action.a ?? false, outcomes);
    case "batchModify":
      return batchModify(context, action.modifies, action.a ?? false, outcomes);
    case "cancel":
      return cancelAll(
        context,
        action.type,
        action.cancels.map(({ a, o }) => ({ asset: a, order: account.orders.get(o) })),
        outcomes,
      );
    case "cancelByCloid":
      return cancelAll(
        context,
        action.type,
        action.cancels.map(({ asset, cloid }) => ({
          asset,
          order: account.findByCloid(cloid, asset),
        })),
        outcomes,
      );
    case "scheduleCancel":
      return doneUnless(schedule.set(action.time, wallMs, account.volume));
    case "updateLeverage":
      return setLeverage(context, action);
    case "updateIsolatedMargin":
      return moveMargin(context, action);
    case "noop":
      return DONE;
    default:
      return unreachable(action, "action");
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
    // The same order may stand in one action twice, or have gone with its parent.
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

function setLeverage(
  { exchange, account }: ActionContext,
  action: Extract<Action, { type: "updateLeverage" }>,
): ActionReply {
  const perp = exchange.market.universe[action.asset];
  if (perp === undefined) return failed("Invalid asset");
  if (exchange.isDelisted(perp)) return failed(delistedText(perp));
  const leverage = { kind: action.isCross ? "cross" : "isolated", value: action.leverage } as const;
  return doneUnless(updateLeverage(account, perp, leverage, exchange.matching.mark));
}

/** The exchange counts it in millionths of a USDC. */
const NTLI_UNIT = 1e-6;

function moveMargin(
  { exchange, account }: ActionContext,
  action: Extract<Action, { type: "updateIsolatedMargin" }>,
): ActionReply {
  const perp = exchange.market.universe[action.asset];
  if (perp === undefined) return failed("Invalid asset");
  if (exchange.isDelisted(perp)) return failed(delistedText(perp));
  const usdc = action.ntli * NTLI_UNIT;
  return doneUnless(updateIsolatedMargin(account, perp, usdc, exchange.matching.mark));
}
