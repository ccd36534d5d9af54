/** What an account is worth and what its margin allows, at given mark prices. */
import type { Account, Leverage, Position } from "#runner/exchange/account.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { liquidationPrice, maintenanceMargin } from "#runner/exchange/margin.ts";
import type { Order } from "#runner/exchange/orders.ts";
import { truncateUsdc } from "#runner/exchange/rounding.ts";

/** Mark price of a perp in USDC. */
export type Marks = (perp: Perp) => number;

/** Share of the notional that must stay behind when money is taken out. */
const TRANSFER_SHARE = 0.1;

/** Sums of some positions, in USDC. */
export interface MarginSummary {
  readonly accountValue: number;
  readonly totalNotional: number;
  /** `accountValue` less the signed notional of all positions. */
  readonly totalRawUsd: number;
  readonly totalMarginUsed: number;
}

export interface AccountMargin {
  readonly all: MarginSummary;
  readonly cross: MarginSummary;
  readonly crossMaintenance: number;
  readonly withdrawable: number;
}

export interface PositionMargin {
  readonly notional: number;
  readonly unrealizedPnl: number;
  readonly marginUsed: number;
  /** Ratio to the margin with which it was opened. */
  readonly returnOnEquity: number;
  readonly liquidationPrice: number | undefined;
}

const unrealizedPnl = (position: Position, mark: number): number =>
  position.size * (mark - position.entryPrice);

/** Counted in whole millionths: the liquidation price of the docs' sample shows it. */
const maintenanceOf = ({ perp, size }: Position, mark: number): number =>
  truncateUsdc(maintenanceMargin(perp.marginTiers, Math.abs(size) * mark));

export const isIsolated = (account: Account, position: Position): boolean =>
  account.leverageOf(position.perp).kind === "isolated";

/** Cash and open profit of everything that is not isolated, in USDC. */
export function crossValue(account: Account, marks: Marks): number {
  let value = account.cash;
  for (const position of account.positions.values()) {
    if (isIsolated(account, position)) value -= position.collateral;
    else value += unrealizedPnl(position, marks(position.perp));
  }
  return value;
}

/** What an account is liquidated by: its isolated position alone, or all that is cross. */
export interface MarginState {
  readonly positions: readonly Position[];
  /** Money and open profit, in USDC. */
  readonly value: number;
  readonly maintenance: number;
}

export function marginState(account: Account, position: Position, marks: Marks): MarginState {
  if (isIsolated(account, position)) {
    const mark = marks(position.perp);
    return {
      positions: [position],
      value: position.collateral + unrealizedPnl(position, mark),
      maintenance: maintenanceOf(position, mark),
    };
  }
  const positions = [...account.positions.values()].filter((each) => !isIsolated(account, each));
  const maintenance = positions.reduce(
    (sum, each) => sum + maintenanceOf(each, marks(each.perp)),
    0,
  );
  return { positions, value: crossValue(account, marks), maintenance };
}

export function accountMargin(account: Account, marks: Marks): AccountMargin {
  const crossAccountValue = crossValue(account, marks);
  const cross = { notional: 0, signed: 0, used: 0, maintenance: 0, transfer: 0 };
  const isolated = { notional: 0, signed: 0, used: 0 };
  for (const position of account.positions.values()) {
    const mark = marks(position.perp);
    const notional = Math.abs(position.size) * mark;
    const used = marginUsed(account, position, mark);
    const group = isIsolated(account, position) ? isolated : cross;
    group.notional += notional;
    group.signed += position.size * mark;
    group.used += used;
    if (group !== cross) continue;
    cross.maintenance += maintenanceOf(position, mark);
    cross.transfer += Math.max(used, TRANSFER_SHARE * notional);
  }
  const accountValue = crossAccountValue + isolated.used;
  const ordersMargin = committedMargin(account, marks) - cross.used;
  return {
    all: {
      accountValue,
      totalNotional: cross.notional + isolated.notional,
      totalRawUsd: accountValue - cross.signed - isolated.signed,
      totalMarginUsed: cross.used + isolated.used,
    },
    cross: {
      accountValue: crossAccountValue,
      totalNotional: cross.notional,
      totalRawUsd: crossAccountValue - cross.signed,
      totalMarginUsed: cross.used,
    },
    crossMaintenance: cross.maintenance,
    withdrawable: Math.max(0, crossAccountValue - cross.transfer - ordersMargin),
  };
}

export function positionMargin(account: Account, position: Position, marks: Marks): PositionMargin {
  const { perp, size, entryPrice } = position;
  const mark = marks(perp);
  const notional = Math.abs(size) * mark;
  const pnl = unrealizedPnl(position, mark);
  const openedWith = (Math.abs(size) * entryPrice) / account.leverageOf(perp).value;
  return {
    notional,
    unrealizedPnl: pnl,
    marginUsed: marginUsed(account, position, mark),
    returnOnEquity: pnl / openedWith,
    liquidationPrice: liquidationPrice({
      price: mark,
      size,
      available: availableToLose(account, position, marks),
      tiers: perp.marginTiers,
    }),
  };
}

/** Cross: account value less all maintenance margin; isolated: what is in the position less its own. */
function availableToLose(account: Account, position: Position, marks: Marks): number {
  if (isIsolated(account, position)) {
    const mark = marks(position.perp);
    return position.collateral + unrealizedPnl(position, mark) - maintenanceOf(position, mark);
  }
  const { cross, crossMaintenance } = accountMargin(account, marks);
  return cross.accountValue - crossMaintenance;
}

/** Cross: notional over leverage; isolated: all that is in the position. */
function marginUsed(account: Account, position: Position, mark: number): number {
  const leverage = account.leverageOf(position.perp);
  return leverage.kind === "isolated"
    ? position.collateral + unrealizedPnl(position, mark)
    : (Math.abs(position.size) * mark) / leverage.value;
}

/** An order that is not in the account's book yet; `notional` in USDC is what it may come to. */
export interface Intent {
  readonly perp: Perp;
  readonly signedNotional: number;
}

/**
 * Margin of the cross account that positions and open orders (and `intent`) tie up, in USDC: for each
 * coin what the position would be if all orders of one side filled, the larger side. Reduce-only
 * orders tie up nothing.
 */
export function committedMargin(account: Account, marks: Marks, intent?: Intent): number {
  let sum = 0;
  for (const { perp } of account.positions.values()) {
    sum += marginWith(account, perp, marks, intent);
  }
  for (const perp of orderedOnly(account)) sum += marginWith(account, perp, marks, intent);
  if (intent === undefined || account.positions.has(intent.perp.assetId)) return sum;
  for (const { perp } of account.orders.values()) {
    if (perp.assetId === intent.perp.assetId) return sum;
  }
  return sum + marginWith(account, intent.perp, marks, intent);
}

function marginWith(account: Account, perp: Perp, marks: Marks, intent: Intent | undefined) {
  const isIntents = intent?.perp.assetId === perp.assetId;
  return coinMargin(account, perp, marks(perp), isIntents ? intent.signedNotional : 0);
}

const NONE: Iterable<Perp> = [];

/** Coins that are not held but have open orders, each once. */
function orderedOnly({ orders, positions }: Account): Iterable<Perp> {
  if (orders.size === 0) return NONE;
  const coins = new Map<number, Perp>();
  for (const { perp } of orders.values()) {
    if (!positions.has(perp.assetId)) coins.set(perp.assetId, perp);
  }
  return coins.values();
}

/** Notional in USDC that the free margin of the cross account lets a coin still be bought, and sold, for. */
export function tradable(
  account: Account,
  perp: Perp,
  marks: Marks,
): { readonly buy: number; readonly sell: number } {
  const { value } = account.leverageOf(perp);
  const free = Math.max(0, crossValue(account, marks) - committedMargin(account, marks));
  const held = account.sizeOf(perp) * marks(perp);
  const { bought, sold } = openNotional(account, perp);
  const worst = Math.max(Math.abs(held), Math.abs(held + bought), Math.abs(held - sold));
  const most = worst + free * value;
  return { buy: Math.max(0, most - held - bought), sell: Math.max(0, most + held - sold) };
}

/** One coin's share of `committedMargin`. */
export function coinMargin(
  account: Account,
  perp: Perp,
  mark: number,
  intentNotional: number,
): number {
  const held = account.sizeOf(perp) * mark;
  const open = openNotional(account, perp);
  const bought = open.bought + Math.max(0, intentNotional);
  const sold = open.sold + Math.max(0, -intentNotional);
  const worst = Math.max(Math.abs(held), Math.abs(held + bought), Math.abs(held - sold));
  return marginFor(account.leverageOf(perp), worst, Math.abs(held));
}

/** What an isolated position holds already has left the cross account: only what is beyond it counts. */
function marginFor(leverage: Leverage, worst: number, held: number): number {
  return (leverage.kind === "isolated" ? worst - held : worst) / leverage.value;
}

const NOTHING_OPEN = { bought: 0, sold: 0 } as const;

/** What the open orders of a coin would buy, and sell, in USDC; reduce-only ones aside. */
function openNotional(
  account: Account,
  perp: Perp,
): { readonly bought: number; readonly sold: number } {
  if (account.orders.size === 0) return NOTHING_OPEN;
  const open = { bought: 0, sold: 0 };
  for (const order of account.orders.values()) {
    if (order.reduceOnly || order.perp.assetId !== perp.assetId) continue;
    if (order.side === "buy") open.bought += notionalOf(order);
    else open.sold += notionalOf(order);
  }
  return open;
}

const notionalOf = (order: Order): number => order.remaining * order.price;
