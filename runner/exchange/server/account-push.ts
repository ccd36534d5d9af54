/** Frames about one account: what happened to it, and how it stands. */

import type { Exchange } from "#runner/exchange/exchange.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import type { Subscription } from "#runner/exchange/server/subscription.ts";
import {
  aggregateFills,
  fillToWire,
  fundingPaymentToWire,
  liquidationToWire,
  stateToWire,
} from "#runner/exchange/wire/account.ts";
import { frontendOrderToWire, updateToWire } from "#runner/exchange/wire/orders.ts";
import { unreachable } from "#shared/assert.ts";
import type { Address } from "#shared/sim-options.ts";

export interface Frame {
  readonly channel: string;
  readonly data: unknown;
}

/** Fills or payments in a snapshot. */
const SNAPSHOT_MAX = 2000;

export type AccountSubscription = Extract<Subscription, { readonly user: string }>;
export type AccountState = Extract<
  AccountSubscription,
  { readonly type: "clearinghouseState" | "openOrders" }
>;

/** What a new subscriber is sent at once; `orderUpdates` and `userEvents` only tell of what comes. */
export function greetingOf(
  exchange: Exchange,
  subscription: AccountSubscription,
): Frame | undefined {
  const { type, user } = subscription;
  const { history } = exchange.users.view(user);
  switch (subscription.type) {
    case "userFills": {
      const newest = history.newestFills();
      const shown = subscription.aggregateByTime ? aggregateFills(newest) : newest;
      const fills = shown
        .slice(-SNAPSHOT_MAX)
        .toReversed()
        .map((fill) => fillToWire(fill, user));
      return { channel: type, data: { isSnapshot: true, user, fills } };
    }
    case "userFundings": {
      const fundings = history
        .newestFundings()
        .slice(-SNAPSHOT_MAX)
        .toReversed()
        .map(fundingPaymentToWire);
      return { channel: type, data: { isSnapshot: true, user, fundings } };
    }
    case "clearinghouseState":
    case "openOrders":
      return { channel: type, data: accountState(exchange, subscription) };
    case "orderUpdates":
    case "userEvents":
      return undefined;
    default:
      return unreachable(subscription, "subscription");
  }
}

export function accountState(exchange: Exchange, { type, user }: AccountState): unknown {
  const { account } = exchange.users.view(user);
  const { matching, market } = exchange;
  return type === "openOrders"
    ? { dex: "", user, orders: [...account.orders.values()].map(frontendOrderToWire) }
    : { dex: "", user, clearinghouseState: stateToWire(account, matching.mark, market.nowMs) };
}

/** The frames that a subscriber is sent of what happened to an account. */
export function framesOf(
  subscription: AccountSubscription,
  outcomes: readonly Outcome[],
): readonly Frame[] {
  const { type, user } = subscription;
  switch (subscription.type) {
    case "orderUpdates": {
      const updates = outcomes.flatMap((each) =>
        each.kind === "update" ? [updateToWire(each)] : [],
      );
      return updates.length === 0 ? [] : [{ channel: type, data: updates }];
    }
    case "userFills": {
      const traded = fillsIn(outcomes);
      const shown = subscription.aggregateByTime ? aggregateFills(traded) : traded;
      const fills = shown.map((fill) => fillToWire(fill, user));
      return fills.length === 0 ? [] : [{ channel: type, data: { user, fills } }];
    }
    case "userFundings": {
      const fundings = outcomes.flatMap((each) =>
        each.kind === "funding" ? [fundingPaymentToWire(each.payment)] : [],
      );
      return fundings.length === 0 ? [] : [{ channel: type, data: { user, fundings } }];
    }
    case "userEvents":
      return eventsOf(user, outcomes).map((data) => ({ channel: "user", data }));
    case "clearinghouseState":
    case "openOrders":
      return [];
    default:
      return unreachable(subscription, "subscription");
  }
}

const fillsIn = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap((each) => (each.kind === "fill" ? [each.fill] : []));

/** Each is a frame of its own. Reduce-only orders that end are told of by `orderUpdates` alone. */
function eventsOf(user: Address, outcomes: readonly Outcome[]): readonly unknown[] {
  const fills = fillsIn(outcomes).map((fill) => fillToWire(fill, user));
  const nonUserCancel = outcomes.flatMap((each) =>
    each.kind === "update" && NOT_BY_USER.has(each.status)
      ? [{ coin: each.order.perp.coin, oid: each.order.id }]
      : [],
  );
  const others = outcomes.flatMap((each): readonly unknown[] => {
    if (each.kind === "funding") return [{ funding: fundingPaymentToWire(each.payment) }];
    if (each.kind !== "liquidation") return [];
    return [{ liquidation: liquidationToWire(each.liquidation, user) }];
  });
  return [
    ...others,
    ...(fills.length === 0 ? [] : [{ fills }]),
    ...(nonUserCancel.length === 0 ? [] : [{ nonUserCancel }]),
  ];
}

const NOT_BY_USER: ReadonlySet<string> = new Set(["marginCanceled", "liquidatedCanceled"]);
