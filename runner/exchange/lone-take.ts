/**
 * Orders that certainly fill at once and change nothing but the position of their coin. Most orders of a
 * backtest are such, and their way through the matching core can be short. Pure.
 */
import type { Account } from "#runner/exchange/account.ts";
import { tierAt } from "#runner/exchange/margin.ts";
import { isOnTick, type OrderRequest } from "#runner/exchange/orders.ts";
import { isWithin } from "#runner/exchange/refusals.ts";
import { NOTIONAL_MIN } from "#shared/instrument.ts";

/** What an order meets, as deep as any order: its price there, and the mark price of its coin, in USDC. */
export interface Meeting {
  readonly price: number;
  readonly mark: number;
}

/**
 * Whether `Matching.place` would certainly let an order that `prevalidate` has let pass fill wholly at that
 * price, with nothing beside it in the account. False: it may or may not, and only the core knows.
 */
export function fillsAlone(account: Account, request: OrderRequest, at: Meeting): boolean {
  const { perp, side, price, size, timeInForce, reduceOnly, trigger, builderRate } = request;
  const isPlain = trigger === undefined && builderRate === undefined && !reduceOnly;
  if (timeInForce !== "ioc" || !isPlain || account.orders.size > 0) return false;
  if (!isWithin(side, at.price, price) || !isOnTick(price, perp)) return false;
  const others = account.positions.size - (account.positions.has(perp.assetId) ? 1 : 0);
  return others === 0 && price * size >= NOTIONAL_MIN && canBear(account, request, at);
}

/** Margin to spare even if the position grew by the order, whichever way it goes. */
function canBear(
  account: Account,
  { perp, size }: OrderRequest,
  { price, mark }: Meeting,
): boolean {
  const leverage = account.leverageOf(perp);
  if (leverage.kind !== "cross") return false;
  const held = account.positions.get(perp.assetId);
  const profit = held === undefined ? 0 : held.size * (mark - held.entryPrice);
  const notional = (Math.abs(held?.size ?? 0) + size) * Math.max(mark, price);
  if (notional / leverage.value > account.cash + profit) return false;
  return leverage.value <= tierAt(perp.marginTiers, notional).maxLeverage;
}
