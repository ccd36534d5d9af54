/** The SDK's declared types of a market's methods and streams as schemas, as `sim-shapes.ts` has an account's. */
import type {
  ActiveAssetDataResponse,
  AllMidsResponse,
  CandleSnapshotResponse,
  ExchangeStatusResponse,
  FundingHistoryResponse,
  L2BookResponse,
  MetaAndAssetCtxsResponse,
  MetaResponse,
  OpenOrdersResponse,
} from "@nktkas/hyperliquid/api/info";
import type {
  AllMidsEvent,
  BboEvent,
  CandleEvent,
  L2BookEvent,
  TradesEvent,
} from "@nktkas/hyperliquid/api/subscription";
import { z } from "zod";
import { Timeframe } from "#shared/timeframe.ts";
import { Context, Decimal, Hex, Side } from "#test/integration/sim-shapes.ts";

const Tiers = z.array(z.strictObject({ lowerBound: Decimal, maxLeverage: z.int() }));
export const Meta: z.ZodType<MetaResponse> = z.strictObject({
  universe: z.array(
    z.strictObject({
      szDecimals: z.int(),
      name: z.string(),
      maxLeverage: z.int(),
      marginTableId: z.int(),
    }),
  ),
  marginTables: z.array(
    z.tuple([z.int(), z.strictObject({ description: z.string(), marginTiers: Tiers })]),
  ),
  collateralToken: z.int(),
});
export const MetaAndContexts: z.ZodType<MetaAndAssetCtxsResponse> = z.tuple([
  Meta,
  z.array(Context),
]);
export const Mids: z.ZodType<AllMidsResponse> = z.record(z.string(), Decimal);
export const MidsEvent: z.ZodType<AllMidsEvent> = z.strictObject({ mids: Mids });

const Candle = z.strictObject({
  t: z.int(),
  T: z.int(),
  s: z.string(),
  i: Timeframe,
  o: Decimal,
  c: Decimal,
  h: Decimal,
  l: Decimal,
  v: Decimal,
  n: z.int(),
});
export const Candles: z.ZodType<CandleSnapshotResponse> = z.array(Candle);
export const OneCandle: z.ZodType<CandleEvent> = Candle;

const Level = z.strictObject({ px: Decimal, sz: Decimal, n: z.int() });
const Levels = z.strictObject({
  coin: z.string(),
  time: z.int(),
  levels: z.tuple([z.array(Level), z.array(Level)]),
});
export const Book: z.ZodType<L2BookResponse> = Levels;
export const BookEvent: z.ZodType<L2BookEvent> = Levels;
export const Best: z.ZodType<BboEvent> = z.strictObject({
  coin: z.string(),
  time: z.int(),
  bbo: z.tuple([Level.nullable(), Level.nullable()]),
});
export const Trades: z.ZodType<TradesEvent> = z.array(
  z.strictObject({
    coin: z.string(),
    side: Side,
    px: Decimal,
    sz: Decimal,
    time: z.int(),
    hash: Hex,
    tid: z.int(),
    users: z.tuple([Hex, Hex]),
  }),
);

export const Rates: z.ZodType<FundingHistoryResponse> = z.array(
  z.strictObject({ coin: z.string(), fundingRate: Decimal, premium: Decimal, time: z.int() }),
);
export const ExchangeStatus: z.ZodType<ExchangeStatusResponse> = z.strictObject({
  time: z.int(),
  specialStatuses: z.null(),
});
export const OpenOrders: z.ZodType<OpenOrdersResponse> = z.array(
  z.strictObject({
    coin: z.string(),
    side: Side,
    limitPx: Decimal,
    sz: Decimal,
    oid: z.int(),
    timestamp: z.int(),
    origSz: Decimal,
    cloid: Hex.exactOptional(),
    reduceOnly: z.literal(true).exactOptional(),
  }),
);
export const AssetData: z.ZodType<ActiveAssetDataResponse> = z.strictObject({
  user: Hex,
  coin: z.string(),
  leverage: z.union([
    z.strictObject({ type: z.literal("isolated"), value: z.int(), rawUsd: Decimal }),
    z.strictObject({ type: z.literal("cross"), value: z.int() }),
  ]),
  maxTradeSzs: z.tuple([Decimal, Decimal]),
  availableToTrade: z.tuple([Decimal, Decimal]),
  markPx: Decimal,
});
