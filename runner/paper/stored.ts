/** An account on paper as it is written down, and how the exchange's words for it are read back. */
import { z } from "zod";
import type { Account, Leverage } from "#runner/exchange/account.ts";
import { CancelScheduleState } from "#runner/exchange/cancel-schedule.ts";
import type { Perp } from "#runner/exchange/instruments.ts";
import type { Order, OrderStatus } from "#runner/exchange/orders.ts";
import type { AccountFill, FundingPayment } from "#runner/exchange/outcomes.ts";
import { Quote } from "#runner/exchange/quote.ts";
import { Dues } from "#runner/paper/funding-dues.ts";
import { Seen } from "#runner/paper/seen.ts";
import { Instrument } from "#shared/instrument.ts";
import { Side, TimeInForce } from "#shared/order.ts";

const StoredLeverage = z.object({ kind: z.enum(["cross", "isolated"]), value: z.number() });

/** What is known of one coin, and what the account holds of it. */
export const StoredCoin = z.object({
  instrument: Instrument,
  /** Last price in USDC; null when none was seen. */
  mark: z.number().nullable(),
  leverage: StoredLeverage,
  position: z
    .object({ size: z.number(), entryPrice: z.number(), collateral: z.number() })
    .nullable(),
  seen: Seen.nullable(),
  /** The last book seen; null when none was. */
  quote: Quote.nullable().default(null),
  /** Paid for it so far, in USDC. */
  funding: z
    .object({ allTime: z.number(), sinceOpen: z.number(), sinceChange: z.number() })
    .default({ allTime: 0, sinceOpen: 0, sinceChange: 0 }),
});
export type StoredCoin = z.infer<typeof StoredCoin>;

export const StoredState = z.object({
  /** USDC that the account began with. */
  capital: z.number(),
  cash: z.number(),
  /** Traded in all, in USDC. */
  volume: z.number(),
  /** Actions sent so far. */
  requests: z.int(),
  nextOrderId: z.int(),
  nextTradeId: z.int(),
  coins: z.array(StoredCoin),
  schedule: CancelScheduleState.default({ atMs: null, day: 0, triggers: 0 }),
  dues: Dues.default({ notedUntilMs: null, open: [] }),
});
export type StoredState = z.infer<typeof StoredState>;

export const StoredOrder = z.object({
  id: z.int(),
  coin: z.string(),
  side: Side,
  price: z.number(),
  size: z.number(),
  reduceOnly: z.boolean(),
  timeInForce: z.union([TimeInForce, z.enum(["frontendMarket", "liquidationMarket"])]),
  clientOrderId: z.string().nullable(),
  trigger: z
    .object({ price: z.number(), kind: z.enum(["tp", "sl"]), isMarket: z.boolean() })
    .optional(),
  builderRate: z.number().optional(),
  ofPosition: z.boolean().optional(),
  /** Orders that end each other have one number; a parent's children wait for it. */
  family: z.object({ id: z.int(), isParent: z.boolean() }).optional(),
  stage: z.enum(["resting", "waitingForTrigger", "waitingForFill"]),
  placedMs: z.int(),
  remaining: z.number(),
  // Ours as it was written: the exchange's list of them is open-ended.
  status: z.custom<OrderStatus>((status) => typeof status === "string"),
  statusMs: z.int(),
});
export type StoredOrder = z.infer<typeof StoredOrder>;

export const StoredFill = z.object({
  tradeId: z.int(),
  orderId: z.int(),
  price: z.number(),
  size: z.number(),
  fee: z.number(),
  taker: z.boolean(),
  timeMs: z.int(),
  startPosition: z.number(),
  direction: z.string(),
  closedPnl: z.number(),
  builderFee: z.number().optional(),
  liquidation: z
    .object({ markPrice: z.number(), method: z.enum(["market", "backstop"]) })
    .optional(),
});
export type StoredFill = z.infer<typeof StoredFill>;

export const StoredFunding = z.object({
  coin: z.string(),
  size: z.number(),
  rate: z.number(),
  usdc: z.number(),
  timeMs: z.int(),
});
export type StoredFunding = z.infer<typeof StoredFunding>;

export function storeOrder(order: Order, family: StoredOrder["family"]): StoredOrder {
  const { account: _account, perp, ...rest } = order;
  return { ...rest, coin: perp.coin, family };
}

/** Without its relatives. */
export function orderOf(stored: StoredOrder, perp: Perp, account: Account): Order {
  const { coin: _, ...rest } = stored;
  return { ...rest, perp, account, family: undefined };
}

export function storeFunding(payment: FundingPayment): StoredFunding {
  const { account: _account, perp, ...rest } = payment;
  return { ...rest, coin: perp.coin };
}

export function fundingOf(stored: StoredFunding, perp: Perp, account: Account): FundingPayment {
  const { coin: _, ...rest } = stored;
  return { ...rest, perp, account };
}

export function storeFill({ order, ...rest }: AccountFill): StoredFill {
  return { ...rest, orderId: order.id };
}

export function fillOf(stored: StoredFill, order: Order): AccountFill {
  const { orderId: _, ...rest } = stored;
  const { builderFee, liquidation } = stored;
  return { ...rest, order, builderFee, liquidation };
}

export function storeCoin(
  account: Account,
  perp: Perp,
  known: {
    readonly mark: number | undefined;
    readonly seen: Seen | undefined;
    readonly quote: Quote | undefined;
  },
): StoredCoin {
  const { coin, assetId, sizeDecimals, maxLeverage, delisted } = perp;
  const position = account.positions.get(assetId);
  const leverage: Leverage = account.leverageOf(perp);
  return {
    instrument: { coin, assetId, sizeDecimals, maxLeverage, delisted },
    mark: known.mark ?? null,
    leverage,
    position:
      position === undefined
        ? null
        : {
            size: position.size,
            entryPrice: position.entryPrice,
            collateral: position.collateral,
          },
    seen: known.seen ?? null,
    quote: known.quote ?? null,
    funding: { ...account.fundingOf(perp) },
  };
}
