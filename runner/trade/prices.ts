/** From an author's numbers to what the exchange accepts. */
import { BadOrderError } from "#runner/trade/errors.ts";
import type { Instrument } from "#shared/instrument.ts";
import { roundPrice, roundSize } from "#shared/instrument.ts";
import { type Side, sign } from "#shared/order.ts";

/** How much worse than the best price a market order may fill, as a ratio, unless it says otherwise. */
export const SLIPPAGE_DEFAULT = 0.05;
/** The exchange fills a triggered market order up to so much beyond its trigger (hyperliquid-docs, TP/SL). */
const TRIGGER_SLIPPAGE = 0.1;

/** Throws `BadOrderError` unless it is a number above 0. */
export function checkPositive(what: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new BadOrderError(what, "a number above 0", value);
  }
}

/** Throws `BadOrderError` unless it is a ratio from 0 up to, not including, 1. */
export function checkSlippage(value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new BadOrderError("slippage", "a ratio from 0 to below 1", value);
  }
}

/** Never worse than asked: a buy is rounded down, a sell up. */
export const limitPrice = (price: number, side: Side, instrument: Instrument): number =>
  roundPrice(price, instrument.sizeDecimals, side === "buy" ? "down" : "up");

/** The worst price of a market order. */
export const capPrice = (
  best: number,
  side: Side,
  slippage: number,
  instrument: Instrument,
): number => limitPrice(best * (1 + sign(side) * slippage), side, instrument);

export const triggerPrice = (trigger: number, instrument: Instrument): number =>
  roundPrice(trigger, instrument.sizeDecimals, "nearest");

/** The limit that a triggered market order carries: it must lie beyond its trigger. */
export const triggerCapPrice = (trigger: number, side: Side, instrument: Instrument): number =>
  limitPrice(trigger * (1 + sign(side) * TRIGGER_SLIPPAGE), side, instrument);

/** The size in whole lots, never more than asked; 0 when it is less than one. */
export const lots = (size: number, { sizeDecimals }: Instrument): number =>
  roundSize(size, sizeDecimals);

/** What is answered where `lots` is 0. */
export function underOneLot(
  size: number,
  { coin, sizeDecimals }: Instrument,
): { readonly kind: "rejected"; readonly reason: string } {
  const lot = 10 ** -sizeDecimals;
  return { kind: "rejected", reason: `a size of ${size} ${coin} is under one lot of ${lot}` };
}
