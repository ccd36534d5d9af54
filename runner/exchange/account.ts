/** One account: cash, positions, leverage; and what a fill does to them. */

import { FeeMeter } from "#runner/exchange/fees.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Order } from "#runner/exchange/orders.ts";
import { roundUsdc } from "#runner/exchange/rounding.ts";
import { assert } from "#shared/assert.ts";

/** What an account holds of one coin; it is removed when it is flat. */
export interface Position {
  readonly perp: Perp;
  /** Signed, in coin: long above 0. */
  readonly size: number;
  /** Average price of what is held, in USDC. */
  readonly entryPrice: number;
  /** USDC set aside for it when it is isolated; 0 when it is cross. */
  readonly collateral: number;
}

/** Funding of a coin so far, in USDC; above 0 the account has paid. */
export interface FundingPaid {
  readonly allTime: number;
  readonly sinceOpen: number;
  readonly sinceChange: number;
}

const NO_FUNDING: FundingPaid = { allTime: 0, sinceOpen: 0, sinceChange: 0 };

export interface Leverage {
  readonly kind: "cross" | "isolated";
  readonly value: number;
}

/** Leverage of a coin for which none was set: 20x cross, or the coin's highest if that is less. */
const LEVERAGE_DEFAULT = 20;

export class Account {
  /** Deposits plus closed profit minus fees, in USDC, with the collateral of isolated positions. */
  cash: number;
  /** Traded in all, in USDC. */
  volume = 0;
  /** By asset id; only what is not flat. */
  readonly positions = new Map<number, Position>();
  /** Open orders by order id, oldest first. */
  readonly orders = new Map<number, Order>();
  readonly fees = new FeeMeter();
  readonly #leverage = new Map<number, Leverage>();
  /** By asset id. */
  readonly #funding = new Map<number, FundingPaid>();

  constructor(cash: number) {
    this.cash = cash;
  }

  sizeOf(perp: Perp): number {
    return this.positions.get(perp.assetId)?.size ?? 0;
  }

  leverageOf(perp: Perp): Leverage {
    const set = this.#leverage.get(perp.assetId);
    if (set !== undefined) return set;
    const leverage = {
      kind: "cross",
      value: Math.min(LEVERAGE_DEFAULT, perp.maxLeverage),
    } as const;
    // Kept, because each order asks for it several times.
    this.#leverage.set(perp.assetId, leverage);
    return leverage;
  }

  setLeverage(perp: Perp, leverage: Leverage): void {
    this.#leverage.set(perp.assetId, leverage);
  }

  /** An open order by the client's id; of several the newest. */
  findByCloid(cloid: string, assetId: number): Order | undefined {
    return [...this.orders.values()].findLast(
      (order) => order.clientOrderId === cloid && order.perp.assetId === assetId,
    );
  }

  fundingOf(perp: Perp): FundingPaid {
    return this.#funding.get(perp.assetId) ?? NO_FUNDING;
  }

  /** Takes over what was paid in an earlier life. */
  setFunding(perp: Perp, paid: FundingPaid): void {
    this.#funding.set(perp.assetId, paid);
  }

  /** Books funding of a coin that it holds, or held when it fell due; `usdc` below 0 is paid. */
  payFunding(perp: Perp, usdc: number): void {
    const position = this.positions.get(perp.assetId);
    this.cash = roundUsdc(this.cash + usdc);
    if (position !== undefined && this.leverageOf(perp).kind === "isolated") {
      const collateral = roundUsdc(position.collateral + usdc);
      this.positions.set(perp.assetId, { ...position, collateral });
    }
    const { allTime, sinceOpen, sinceChange } = this.fundingOf(perp);
    this.#funding.set(perp.assetId, {
      allTime: roundUsdc(allTime - usdc),
      sinceOpen: roundUsdc(sinceOpen - usdc),
      sinceChange: roundUsdc(sinceChange - usdc),
    });
  }

  /** A position has been opened anew, or changed: its funding is counted from here. */
  restartFunding(perp: Perp, isNew: boolean): void {
    const paid = this.#funding.get(perp.assetId);
    if (paid === undefined) return;
    const sinceOpen = isNew ? 0 : paid.sinceOpen;
    this.#funding.set(perp.assetId, { ...paid, sinceOpen, sinceChange: 0 });
  }
}

/** What a fill did, in the exchange's words. */
export interface Booked {
  /** Signed size before it. */
  readonly startPosition: number;
  /** `Open Long`, `Close Short`, `Long > Short` … */
  readonly direction: string;
  /** Profit of the part that it closed, before fees, in USDC. */
  readonly closedPnl: number;
}

/** Size without float dust: the nearest whole number of lots. */
export function roundToLot(size: number, perp: Perp): number {
  const scale = 10 ** perp.sizeDecimals;
  const rounded = Math.round(size * scale) / scale;
  return rounded === 0 ? 0 : rounded;
}

/** Books a fill of `signedSize` at `price` (USDC), whose fee is in USDC. Changes the account. */
export function bookFill(
  account: Account,
  perp: Perp,
  fill: { readonly signedSize: number; readonly price: number; readonly fee: number },
): Booked {
  const { signedSize, price } = fill;
  const held = account.positions.get(perp.assetId);
  const startPosition = held?.size ?? 0;
  const size = roundToLot(startPosition + signedSize, perp);
  const closed = closedSize(startPosition, signedSize);
  const closedPnl =
    held === undefined || closed === 0
      ? 0
      : roundUsdc(closed * Math.sign(held.size) * (price - held.entryPrice));
  account.cash = roundUsdc(account.cash + closedPnl - fill.fee);
  account.volume += Math.abs(signedSize) * price;
  account.restartFunding(perp, startPosition * size <= 0);
  const change = { account, perp, held, size, signedSize, price };
  if (size === 0) account.positions.delete(perp.assetId);
  else account.positions.set(perp.assetId, nextPosition(change));
  return { startPosition, direction: directionOf(startPosition, size), closedPnl };
}

/** How much of the position a fill closes: positive, at most all of it. */
function closedSize(startPosition: number, signedSize: number): number {
  if (startPosition * signedSize >= 0) return 0;
  return Math.min(Math.abs(startPosition), Math.abs(signedSize));
}

function nextPosition(change: {
  readonly account: Account;
  readonly perp: Perp;
  readonly held: Position | undefined;
  readonly size: number;
  readonly signedSize: number;
  readonly price: number;
}): Position {
  const { account, perp, held, size, signedSize, price } = change;
  const leverage = account.leverageOf(perp);
  const collateralFor = (opened: number): number =>
    leverage.kind === "isolated" ? roundUsdc((Math.abs(opened) * price) / leverage.value) : 0;
  const isNew = held === undefined || held.size * size < 0;
  if (isNew) return { perp, size, entryPrice: price, collateral: collateralFor(size) };
  if (Math.abs(size) < Math.abs(held.size)) {
    const kept = size / held.size;
    return { ...held, size, collateral: roundUsdc(held.collateral * kept) };
  }
  const entryPrice = (held.entryPrice * held.size + price * signedSize) / (held.size + signedSize);
  assert(Number.isFinite(entryPrice), "a growing position has an entry price");
  return { perp, size, entryPrice, collateral: held.collateral + collateralFor(signedSize) };
}

/** The exchange's `dir`. */
function directionOf(start: number, end: number): string {
  if (start > 0 && end < 0) return "Long > Short";
  if (start < 0 && end > 0) return "Short > Long";
  const word = Math.abs(end) > Math.abs(start) ? "Open" : "Close";
  return `${word} ${(word === "Open" ? end : start) > 0 ? "Long" : "Short"}`;
}
