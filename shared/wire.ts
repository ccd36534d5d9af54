/**
 * What Hyperliquid answers, as far as we read it. The SDK does not check responses, so they are
 * parsed where they enter. Unknown keys are ignored: the exchange adds some without notice.
 */
import { z } from "zod";
import { Coin, WireCandle } from "#shared/candle.ts";
import type { Instrument } from "#shared/instrument.ts";
import { type Fill, fromWireSide, WireSide } from "#shared/order.ts";
import { Address } from "#shared/sim-options.ts";

const Decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, "must be a decimal number in a string")
  .transform(Number);

/** `candleSnapshot`; `null` has been seen and means none. */
export const CandleSnapshot = z
  .array(WireCandle)
  .nullable()
  .transform((candles) => candles ?? []);

/** `meta`: a perp's asset id is its position in `universe`; delisted coins keep theirs. */
export const Meta = z
  .object({
    universe: z.array(
      z.object({
        name: Coin,
        szDecimals: z.int(),
        maxLeverage: z.number(),
        isDelisted: z.boolean().optional(),
      }),
    ),
  })
  .transform((meta): Instrument[] =>
    meta.universe.map((entry, assetId) => ({
      coin: entry.name,
      assetId,
      sizeDecimals: entry.szDecimals,
      maxLeverage: entry.maxLeverage,
      delisted: entry.isDelisted ?? false,
    })),
  );

/** `exchangeStatus`: the exchange's clock, in ms. */
export const ExchangeStatus = z.object({ time: z.int() });

const Level = z.object({ px: Decimal, sz: Decimal });

/** `l2Book`: bids from the highest, asks from the lowest; `null` for an unknown coin. */
export const L2Book = z
  .object({ coin: Coin, time: z.int(), levels: z.tuple([z.array(Level), z.array(Level)]) })
  .nullable();

/** One order's fate in the reply to an `order` action. */
export const OrderStatusReply = z.union([
  z.object({ resting: z.object({ oid: z.int() }) }),
  z.object({ filled: z.object({ oid: z.int(), totalSz: Decimal, avgPx: Decimal }) }),
  z.object({ error: z.string() }),
  /** `waitingForFill`, `waitingForTrigger`: children of a grouped order. */
  z.string(),
]);
export type OrderStatusReply = z.infer<typeof OrderStatusReply>;

/** The reply to an `order` action. One deterministic fault gives ONE error for a whole batch. */
export const OrderReply = z.object({
  status: z.literal("ok"),
  response: z.object({ data: z.object({ statuses: z.array(OrderStatusReply).min(1) }) }),
});

/** `openOrders`. */
export const OpenOrders = z.array(
  z.object({
    coin: Coin,
    side: WireSide,
    limitPx: Decimal,
    sz: Decimal,
    oid: z.int(),
    timestamp: z.int(),
    origSz: Decimal,
    cloid: z.string().nullish(),
  }),
);

/** `orderStatus` by oid or client order id. */
export const OrderStatus = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("order"),
    order: z.object({
      /** `open`, `filled`, `canceled`, `…Rejected`, …: open-ended. */
      status: z.string(),
      order: z.object({
        coin: Coin,
        oid: z.int(),
        sz: Decimal,
        origSz: Decimal,
        limitPx: Decimal,
      }),
    }),
  }),
  z.object({ status: z.literal("unknownOid") }),
]);

/** `clearinghouseState`: positions by coin; `szi` is signed, long above 0. */
export const ClearinghouseState = z.object({
  assetPositions: z.array(
    z.object({
      position: z.object({ coin: Coin, szi: Decimal, entryPx: Decimal.nullable() }),
    }),
  ),
  marginSummary: z.object({ accountValue: Decimal }),
  withdrawable: Decimal,
});

/** `userRole`: what an address is to the exchange. */
export const UserRole = z.discriminatedUnion("role", [
  /** Never seen: no funds came, and no account approved it. */
  z.object({ role: z.literal("missing") }),
  z.object({ role: z.literal("user") }),
  z.object({ role: z.literal("vault") }),
  /** An API wallet, and the account that it signs for. */
  z.object({ role: z.literal("agent"), data: z.object({ user: Address }) }),
  z.object({ role: z.literal("subAccount"), data: z.object({ master: Address }) }),
]);
export type UserRole = Readonly<z.infer<typeof UserRole>>;

/** `extraAgents`: an account's named API wallets; `validUntil` in ms, null: without an end. */
export const ExtraAgents = z.array(
  z.object({ address: Address, name: z.string(), validUntil: z.number().nullable() }),
);
export type ExtraAgent = Readonly<z.infer<typeof ExtraAgents>[number]>;

/** A frame of the WebSocket, as far as every channel has it. */
export const Frame = z.object({ channel: z.string(), data: z.unknown().optional() });

/** `userFills`, newest first: as much of a fill as the average price of an order needs. */
export const FillsOfOrders = z.array(z.object({ oid: z.int(), px: Decimal, sz: Decimal }));

/** A fill as `userFills` and `userFillsByTime` tell it; `cloid` is there when the order had one. */
export const WireFill = z
  .object({
    tid: z.int(),
    oid: z.int(),
    cloid: z.string().nullish(),
    coin: Coin,
    side: WireSide,
    px: Decimal,
    sz: Decimal,
    time: z.int(),
    fee: Decimal,
    closedPnl: Decimal,
    crossed: z.boolean(),
  })
  .transform(
    (wire): Fill => ({
      tradeId: wire.tid,
      orderId: wire.oid,
      clientOrderId: wire.cloid?.toLowerCase() ?? null,
      coin: wire.coin,
      side: fromWireSide(wire.side),
      price: wire.px,
      size: wire.sz,
      timeMs: wire.time,
      fee: wire.fee,
      closedPnl: wire.closedPnl,
      taker: wire.crossed,
    }),
  );

/**
 * Fills, each checked by itself: one in a form that is new to us must not keep the others from those
 * whose they are. `problem` is the first that could not be read, in words.
 */
export const WireFills = z.array(z.unknown()).transform((rows) => {
  const fills: Fill[] = [];
  let problem: string | null = null;
  for (const row of rows) {
    const read = WireFill.safeParse(row);
    if (read.success) fills.push(read.data);
    else problem ??= z.prettifyError(read.error);
  }
  return { fills, problem, rows: rows.length };
});

/** The `userFills` channel: with `isSnapshot` the newest of the past, without it what just happened. */
export const UserFillsData = z.object({
  isSnapshot: z.boolean().optional(),
  user: z.string().transform((address) => address.toLowerCase()),
  fills: WireFills,
});

/** `fundingHistory`, ascending, at most 500: what was paid at each hour, stamped some ms after it. */
export const FundingHistory = z.array(
  z
    .object({ time: z.int(), fundingRate: Decimal })
    .transform(({ time, fundingRate }) => ({ timeMs: time, rate: fundingRate })),
);
export type FundingHistory = readonly Readonly<z.infer<typeof FundingHistory>[number]>[];
