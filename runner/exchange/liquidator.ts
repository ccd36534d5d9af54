/**
 * Closes what has less than its maintenance margin (Hyperliquid's docs, "Liquidations"): by market orders,
 * a large position in pieces; below two thirds of that margin the backstop vault takes everything over.
 */

import type { Account, Position } from "#runner/exchange/account.ts";
import { roundToLot } from "#runner/exchange/account.ts";
import { isIsolated, marginState } from "#runner/exchange/account-margin.ts";
import type { Execution } from "#runner/exchange/execution.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import { liquidationPrice } from "#runner/exchange/margin.ts";
import type { LiquidationMethod, Moment } from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { type Take, takesOf } from "#runner/exchange/refusals.ts";
import { roundUsdc } from "#runner/exchange/rounding.ts";
import { assert } from "#shared/assert.ts";
import { roundPrice } from "#shared/instrument.ts";

/** Below this share of the maintenance margin the backstop vault takes over. */
const BACKSTOP_SHARE = 2 / 3;
/** Positions above this notional, in USDC, are closed in pieces … */
const WHOLE_NOTIONAL_MAX = 100_000;
/** … of this share of the position, … */
const PIECE_SHARE = 0.2;
/** … unless the last piece was so short a time ago. */
const COOLDOWN_MS = 30_000;

/** Where the price that an account could not bear lies, and what the market offers there. */
export interface Fall {
  readonly perp: Perp;
  /** The price before, and now. */
  readonly from: number;
  readonly to: number;
  /** The market was not in between. */
  readonly jumps: boolean;
  readonly bookAt: ((price: number) => Quote) | undefined;
}

/** What is liquidated as one: a cross account, or one isolated position. */
interface Target {
  readonly account: Account;
  readonly positions: readonly Position[];
  readonly value: number;
  readonly maintenance: number;
}

export class Liquidator {
  readonly #execution: Execution;
  readonly #setMark: (perp: Perp, price: number) => void;
  readonly #piecesMs = new WeakMap<Account, number>();
  #nextId = 1;
  /** USDC that the backstop vault has won by takeovers, less what it paid for debts. */
  vault = 0;

  constructor(execution: Execution, setMark: (perp: Perp, price: number) => void) {
    this.#execution = execution;
    this.#setMark = setMark;
  }

  /** Looks at one holder of a coin whose price has moved. */
  check(account: Account, fall: Fall, moment: Moment): void {
    const now = this.#targetOf(account, fall.perp);
    if (now === undefined || now.value >= now.maintenance) return;
    const price = this.#priceOf(now, fall);
    this.#setMark(fall.perp, price);
    const target = this.#targetOf(account, fall.perp);
    if (target !== undefined) this.#liquidate(target, { ...fall, to: price }, moment);
    this.#setMark(fall.perp, fall.to);
  }

  #targetOf(account: Account, perp: Perp): Target | undefined {
    const position = account.positions.get(perp.assetId);
    if (position === undefined) return undefined;
    return { account, ...marginState(account, position, this.#execution.marks) };
  }

  /** Where the market has passed by, the account is closed at the first price that it cannot bear. */
  #priceOf({ positions, value, maintenance }: Target, fall: Fall): number {
    const position = positions.find(({ perp }) => perp.assetId === fall.perp.assetId);
    if (fall.jumps || position === undefined) return fall.to;
    const { marginTiers, sizeDecimals } = fall.perp;
    const first = liquidationPrice({
      price: fall.to,
      size: position.size,
      available: value - maintenance,
      tiers: marginTiers,
    });
    if (first === undefined) return fall.to;
    const worse = roundPrice(first, sizeDecimals, position.size > 0 ? "down" : "up");
    return Math.min(Math.max(worse, Math.min(fall.from, fall.to)), Math.max(fall.from, fall.to));
  }

  #liquidate(target: Target, fall: Fall, moment: Moment): void {
    const { account, positions, value, maintenance } = target;
    const method = value < BACKSTOP_SHARE * maintenance ? "backstop" : "market";
    const marks = this.#execution.marks;
    const notional = positions.reduce(
      (sum, { perp, size }) => sum + Math.abs(size) * marks(perp),
      0,
    );
    const { nowMs, outcomes } = moment;
    const id = this.#nextId++;
    const liquidation = { account, id, notional, value, method, timeMs: nowMs } as const;
    outcomes.push({ kind: "liquidation", liquidation });
    this.#cancelOrders(target, moment);
    const isCross = positions.every((position) => !isIsolated(account, position));
    for (const position of positions) this.#close(account, position, { method, fall, moment });
    if (isCross) this.#settleCross(account, method);
  }

  #cancelOrders({ account, positions }: Target, moment: Moment): void {
    const isolated = positions.find((position) => isIsolated(account, position));
    for (const order of account.orders.values()) {
      const isConcerned =
        isolated === undefined
          ? account.leverageOf(order.perp).kind === "cross"
          : order.perp.assetId === isolated.perp.assetId;
      if (isConcerned) this.#execution.end(order, "liquidatedCanceled", moment);
    }
  }

  #close(
    account: Account,
    position: Position,
    how: { readonly method: LiquidationMethod; readonly fall: Fall; readonly moment: Moment },
  ): void {
    const { method, fall, moment } = how;
    const { perp } = position;
    const mark = this.#execution.marks(perp);
    const held = Math.abs(position.size);
    const size = method === "market" ? this.#pieceOf(account, position, mark, moment.nowMs) : held;
    const side = position.size > 0 ? "sell" : "buy";
    const order = this.#execution.create(
      account,
      {
        perp,
        side,
        price: mark,
        size,
        reduceOnly: true,
        timeInForce: "liquidationMarket",
        clientOrderId: null,
      },
      moment.nowMs,
    );
    const hasBook = method === "market" && perp.assetId === fall.perp.assetId;
    const book = hasBook ? fall.bookAt?.(mark) : undefined;
    const limit = side === "buy" ? Number.POSITIVE_INFINITY : 0;
    const takes = book === undefined ? [] : takesOf(order, book, limit);
    const before = account.cash;
    const liquidation = { markPrice: mark, method };
    this.#execution.liquidate(order, filledUp(takes, size, mark, perp), moment, liquidation);
    const isGone = account.sizeOf(perp) === 0;
    if (isIsolated(account, position) && isGone) {
      this.#settleIsolated(account, position, account.cash - before, method);
    }
  }

  #pieceOf(account: Account, { perp, size }: Position, mark: number, nowMs: number): number {
    const held = Math.abs(size);
    const lastMs = this.#piecesMs.get(account) ?? Number.NEGATIVE_INFINITY;
    const isCooling = nowMs - lastMs < COOLDOWN_MS && nowMs !== lastMs;
    if (held * mark <= WHOLE_NOTIONAL_MAX || isCooling) return held;
    const lot = 10 ** -perp.sizeDecimals;
    this.#piecesMs.set(account, nowMs);
    return Math.min(held, Math.max(lot, roundToLot(held * PIECE_SHARE, perp)));
  }

  /** An isolated position owes no more than what was set aside for it; a takeover takes all of that. */
  #settleIsolated(
    account: Account,
    { collateral }: Position,
    change: number,
    method: LiquidationMethod,
  ): void {
    const left = collateral + change;
    if (left < 0 || method === "backstop") this.#give(account, -left);
  }

  /** The same of a cross account: it never owes, and a takeover leaves it what is isolated. */
  #settleCross(account: Account, method: LiquidationMethod): void {
    const positions = [...account.positions.values()];
    if (positions.some((position) => !isIsolated(account, position))) return;
    const isolated = positions.reduce((sum, { collateral }) => sum + collateral, 0);
    const left = account.cash - isolated;
    if (left < 0 || method === "backstop") this.#give(account, -left);
  }

  #give(account: Account, usdc: number): void {
    account.cash = roundUsdc(account.cash + usdc);
    this.vault = roundUsdc(this.vault - usdc);
  }
}

/** What the shown book does not hold is taken at its last level: the market is deeper than it shows. */
function filledUp(takes: readonly Take[], size: number, mark: number, perp: Perp): readonly Take[] {
  const taken = takes.reduce((sum, take) => sum + take.size, 0);
  const left = roundToLot(size - taken, perp);
  assert(left >= 0, "a book gives no more than was asked");
  return left === 0 ? takes : [...takes, { price: takes.at(-1)?.price ?? mark, size: left }];
}
