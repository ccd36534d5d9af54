/** Whether an account's margin allows an order: when it is placed, and again when it fills. Pure. */

import { roundToLot } from "#runner/exchange/account.ts";
import {
  coinMargin,
  committedMargin,
  crossValue,
  type Marks,
} from "#runner/exchange/account-margin.ts";
import { tierAt } from "#runner/exchange/margin.ts";
import type { Order, Rejection } from "#runner/exchange/orders.ts";
import { notionalOf, type Take } from "#runner/exchange/refusals.ts";
import { sign } from "#shared/order.ts";

/** `takes` is what it would take from the book at once. */
export function marginRefusal(
  order: Order,
  takes: readonly Take[],
  marks: Marks,
): Rejection | undefined {
  const { account, perp } = order;
  const after = roundToLot(account.sizeOf(perp) + sign(order.side) * order.remaining, perp);
  if (isReduction(account.sizeOf(perp), after)) return undefined;
  const signedNotional = sign(order.side) * notionalOf(order, takes);
  const mark = marks(perp);
  const adds = coinMargin(account, perp, mark, signedNotional) > coinMargin(account, perp, mark, 0);
  if (adds) {
    const needed = committedMargin(account, marks, { perp, signedNotional });
    if (needed > crossValue(account, marks)) return { kind: "margin" };
  }
  const tier = tierAt(perp.marginTiers, Math.abs(after) * mark);
  if (account.leverageOf(perp).value > tier.maxLeverage) return { kind: "maxPosition" };
  return undefined;
}

/** Margin is looked at again when a resting order fills: prices may have moved since it was placed. */
export function canAfford(order: Order, price: number, marks: Marks): boolean {
  const { account, perp, side } = order;
  const before = account.sizeOf(perp);
  const after = before + sign(side) * order.remaining;
  if (Math.abs(after) <= Math.abs(before)) return true;
  const leverage = account.leverageOf(perp);
  let required = ((Math.abs(after) - Math.abs(before)) * price) / leverage.value;
  for (const { perp: held, size } of account.positions.values()) {
    const { kind, value } = account.leverageOf(held);
    if (kind === "cross") required += (Math.abs(size) * marks(held)) / value;
  }
  return required <= crossValue(account, marks);
}

const isReduction = (before: number, after: number): boolean =>
  before * after >= 0 && Math.abs(after) < Math.abs(before);
