/** Orders and fills, in our words: numbers, and sides a person would say. */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";

export const Side = z.enum(["buy", "sell"]);
export type Side = z.infer<typeof Side>;

export const opposite = (side: Side): Side => (side === "buy" ? "sell" : "buy");

/** +1 for a buy, -1 for a sell: signed size is `sign(side) * size`. */
export const sign = (side: Side): 1 | -1 => (side === "buy" ? 1 : -1);

/** The exchange's letters: `B` bid or buy, `A` ask or sell. */
export const WireSide = z.enum(["B", "A"]);
export type WireSide = z.infer<typeof WireSide>;
export const toWireSide = (side: Side): WireSide => (side === "buy" ? "B" : "A");
export const fromWireSide = (wire: WireSide): Side => (wire === "B" ? "buy" : "sell");

/**
 * `gtc` rests until cancelled, `ioc` fills at once what it can and cancels the rest, `alo` (add
 * liquidity only) is refused when it would fill at once.
 */
export const TimeInForce = z.enum(["gtc", "ioc", "alo"]);
export type TimeInForce = z.infer<typeof TimeInForce>;

/** A trade of this account that happened. */
export const Fill = z.object({
  /** The exchange's id of the trade: two fills with one id are one fill. */
  tradeId: z.int(),
  orderId: z.int(),
  clientOrderId: z.string().nullable(),
  coin: Coin,
  side: Side,
  /** In USDC. */
  price: z.number(),
  /** In coin, positive. */
  size: z.number(),
  timeMs: z.int(),
  /** In USDC; negative is a rebate. */
  fee: z.number(),
  /** Profit of the closed part in USDC, before fees. */
  closedPnl: z.number(),
  /** Whether it took liquidity. */
  taker: z.boolean(),
});
export type Fill = Readonly<z.infer<typeof Fill>>;
