/** A coin's rules on Hyperliquid: what prices and sizes it accepts, and how they are written. */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";

/** A perp's rules, as the exchange's `meta` gives them. */
export const Instrument = z.object({
  coin: Coin,
  /** Position in `meta.universe`; delisted coins keep theirs. */
  assetId: z.int().nonnegative(),
  /** Most decimals of a size. */
  sizeDecimals: z.int().min(0).max(8),
  maxLeverage: z.number().positive(),
  delisted: z.boolean(),
});
export type Instrument = Readonly<z.infer<typeof Instrument>>;

/** Perps: a price has at most `6 - sizeDecimals` decimals (hyperliquid-docs, "Tick and lot size"). */
const PERP_PRICE_DECIMALS_MAX = 6;
/** … and at most five significant figures, unless it is an integer. */
const PRICE_FIGURES_MAX = 5;
/** Least notional of an order, in USDC, unless it closes a whole position. */
export const NOTIONAL_MIN = 10;
/** Share of a lot that float arithmetic may be off by and still mean that lot … */
const LOT_TOLERANCE = 1e-6;
/** … or this ratio of the number itself, where it is many lots. */
const FLOAT_TOLERANCE = 4 * Number.EPSILON;

export type Rounding = "down" | "up" | "nearest";

/** Decimals that a price of this magnitude may have. */
export function priceDecimals(price: number, sizeDecimals: number): number {
  const figuresBeforePoint = price < 1 ? orderOfMagnitude(price) + 1 : wholeDigits(price);
  const byFigures = PRICE_FIGURES_MAX - figuresBeforePoint;
  return Math.max(0, Math.min(PERP_PRICE_DECIMALS_MAX - sizeDecimals, byFigures));
}

const orderOfMagnitude = (price: number): number => Math.floor(Math.log10(price));

/** Of the part before the point, at least one. */
function wholeDigits(price: number): number {
  let digits = 1;
  for (let power = 10; power <= price; power *= 10) digits += 1;
  return digits;
}

/** The smallest step between prices near `price`, in USDC. */
export const priceTick = (price: number, sizeDecimals: number): number =>
  10 ** -priceDecimals(price, sizeDecimals);

/**
 * A price that the exchange accepts. Above 100 000 that is the integer, where the SDK's own
 * formatter cuts `123456.7` to `123450`.
 */
export function roundPrice(price: number, sizeDecimals: number, rounding: Rounding): number {
  return roundTo(price, priceDecimals(price, sizeDecimals), rounding);
}

/** A size that the exchange accepts, never larger than asked; 0 when it is under one lot. */
export function roundSize(size: number, sizeDecimals: number): number {
  return roundTo(size, sizeDecimals, "down");
}

function roundTo(value: number, decimals: number, rounding: Rounding): number {
  const scale = 10 ** decimals;
  const lots = value * scale;
  const nearest = Math.round(lots);
  // 0.3 * 10 is 3.0000000000000004: what is a whole number of lots within the tolerance is that number.
  const tolerance = Math.max(LOT_TOLERANCE, Math.abs(lots) * FLOAT_TOLERANCE);
  if (rounding === "nearest" || Math.abs(lots - nearest) < tolerance) return nearest / scale;
  return (rounding === "down" ? Math.floor(lots) : Math.ceil(lots)) / scale;
}

/** Whether a price as written obeys the rules of a perp with these size decimals. */
export function isValidPrice(text: string, sizeDecimals: number): boolean {
  const decimals = decimalsOf(text);
  if (decimals === undefined || !(Number(text) > 0)) return false;
  if (decimals === 0) return true;
  return (
    decimals <= PERP_PRICE_DECIMALS_MAX - sizeDecimals &&
    significantFigures(text) <= PRICE_FIGURES_MAX
  );
}

/** Whether a size as written has no more decimals than the coin allows. */
export function isValidSize(text: string, sizeDecimals: number): boolean {
  const decimals = decimalsOf(text);
  return decimals !== undefined && decimals <= sizeDecimals;
}

/** Decimals that count in a decimal number as written (`1.50` has one); undefined when it is none. */
function decimalsOf(text: string): number | undefined {
  const match = /^\d+(?:\.(\d*?)0*)?$/.exec(text);
  return match === null ? undefined : (match[1] ?? "").length;
}

function significantFigures(text: string): number {
  return text.replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length;
}

/** Most decimals that any number on the wire has. */
const WIRE_DECIMALS_MAX = 8;

/** A number as an order carries it: no exponent, no trailing zeros (they would change the hash). */
export function formatDecimal(value: number): string {
  const text = value.toFixed(WIRE_DECIMALS_MAX).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}
