/** The SDK's declared types as schemas: the compiler holds each to its type, a test holds replies to it. */
import type {
  ClearinghouseStateResponse,
  ExtraAgentsResponse,
  FrontendOpenOrdersResponse,
  HistoricalOrdersResponse,
  OrderStatusResponse,
  UserFillsResponse,
  UserFundingResponse,
  UserRateLimitResponse,
  UserRoleResponse,
} from "@nktkas/hyperliquid/api/info";
import type {
  ActiveAssetCtxEvent,
  ClearinghouseStateEvent,
  OpenOrdersEvent,
  OrderUpdatesEvent,
  UserEventsEvent,
  UserFillsEvent,
  UserFundingsEvent,
} from "@nktkas/hyperliquid/api/subscription";
import { z } from "zod";

/** What the exchange writes as a number in a string. */
export const Decimal = z.string().regex(/^-?\d+\.\d+$/);
export const Hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);
export const Side = z.enum(["B", "A"]);

const Status = z.enum([
  "open",
  "filled",
  "canceled",
  "triggered",
  "marginCanceled",
  "reduceOnlyCanceled",
  "siblingFilledCanceled",
  "liquidatedCanceled",
  "scheduledCancel",
  "tickRejected",
  "minTradeNtlRejected",
  "perpMarginRejected",
  "reduceOnlyRejected",
  "badAloPxRejected",
  "badTriggerPxRejected",
  "iocCancelRejected",
]);

const FrontendOrder = z.strictObject({
  coin: z.string(),
  side: Side,
  limitPx: Decimal,
  sz: Decimal,
  oid: z.int(),
  timestamp: z.int(),
  triggerCondition: z.string(),
  isTrigger: z.boolean(),
  triggerPx: Decimal,
  get children() {
    return z.array(FrontendOrder);
  },
  isPositionTpsl: z.boolean(),
  reduceOnly: z.boolean(),
  orderType: z.enum([
    "Market",
    "Limit",
    "Stop Market",
    "Stop Limit",
    "Take Profit Market",
    "Take Profit Limit",
  ]),
  origSz: Decimal,
  tif: z.enum(["Gtc", "Ioc", "Alo", "FrontendMarket", "LiquidationMarket"]).nullable(),
  cloid: Hex.nullable(),
});
export const FrontendOrders: z.ZodType<FrontendOpenOrdersResponse> = z.array(FrontendOrder);

const Past = z.strictObject({ order: FrontendOrder, status: Status, statusTimestamp: z.int() });
export const HistoricalOrders: z.ZodType<HistoricalOrdersResponse> = z.array(Past);
export const OrderStatus: z.ZodType<OrderStatusResponse> = z.union([
  z.strictObject({ status: z.literal("order"), order: Past }),
  z.strictObject({ status: z.literal("unknownOid") }),
]);

export const Fills: z.ZodType<UserFillsResponse> = z.array(
  z.strictObject({
    coin: z.string(),
    px: Decimal,
    sz: Decimal,
    side: Side,
    time: z.int(),
    startPosition: Decimal,
    dir: z.string(),
    closedPnl: Decimal,
    hash: Hex,
    oid: z.int(),
    crossed: z.boolean(),
    fee: Decimal,
    builderFee: Decimal.exactOptional(),
    tid: z.int(),
    cloid: Hex.exactOptional(),
    feeToken: z.string(),
    twapId: z.null(),
    liquidation: z
      .strictObject({
        liquidatedUser: Hex,
        markPx: Decimal,
        method: z.enum(["market", "backstop"]),
      })
      .exactOptional(),
  }),
);

const Payment = z.strictObject({
  time: z.int(),
  coin: z.string(),
  usdc: Decimal,
  szi: Decimal,
  fundingRate: Decimal,
  nSamples: z.null(),
});
export const Funding: z.ZodType<UserFundingResponse> = z.array(
  z.strictObject({
    time: z.int(),
    hash: Hex,
    delta: Payment.omit({ time: true }).extend({ type: z.literal("funding") }),
  }),
);

const Summary = z.strictObject({
  accountValue: Decimal,
  totalNtlPos: Decimal,
  totalRawUsd: Decimal,
  totalMarginUsed: Decimal,
});
export const State: z.ZodType<ClearinghouseStateResponse> = z.strictObject({
  marginSummary: Summary,
  crossMarginSummary: Summary,
  crossMaintenanceMarginUsed: Decimal,
  withdrawable: Decimal,
  assetPositions: z.array(
    z.strictObject({
      type: z.literal("oneWay"),
      position: z.strictObject({
        coin: z.string(),
        szi: Decimal,
        leverage: z.union([
          z.strictObject({ type: z.literal("isolated"), value: z.int(), rawUsd: Decimal }),
          z.strictObject({ type: z.literal("cross"), value: z.int() }),
        ]),
        entryPx: Decimal,
        positionValue: Decimal,
        unrealizedPnl: Decimal,
        returnOnEquity: Decimal,
        liquidationPx: Decimal.nullable(),
        marginUsed: Decimal,
        maxLeverage: z.int(),
        cumFunding: z.strictObject({ allTime: Decimal, sinceOpen: Decimal, sinceChange: Decimal }),
      }),
    }),
  ),
  time: z.int(),
});

export const Agents: z.ZodType<ExtraAgentsResponse> = z.array(
  z.strictObject({ name: z.string(), address: Hex, validUntil: z.int() }),
);
export const Role: z.ZodType<UserRoleResponse> = z.union([
  z.strictObject({ role: z.enum(["missing", "user"]) }),
  z.strictObject({ role: z.literal("agent"), data: z.strictObject({ user: Hex }) }),
]);
export const RateLimit: z.ZodType<UserRateLimitResponse> = z.strictObject({
  cumVlm: Decimal,
  nRequestsUsed: z.int(),
  nRequestsCap: z.int(),
  nRequestsSurplus: z.int(),
});

export const OrderUpdates: z.ZodType<OrderUpdatesEvent> = z.array(
  z.strictObject({
    order: z.strictObject({
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
    status: Status,
    statusTimestamp: z.int(),
  }),
);
const isSnapshot = z.literal(true).exactOptional();
export const FillsEvent: z.ZodType<UserFillsEvent> = z.strictObject({
  user: Hex,
  fills: Fills,
  isSnapshot,
});
export const FundingsEvent: z.ZodType<UserFundingsEvent> = z.strictObject({
  user: Hex,
  fundings: z.array(Payment),
  isSnapshot,
});
export const Events: z.ZodType<UserEventsEvent> = z.union([
  z.strictObject({ fills: Fills }),
  z.strictObject({ funding: Payment }),
  z.strictObject({
    liquidation: z.strictObject({
      lid: z.int(),
      liquidator: Hex,
      liquidated_user: Hex,
      liquidated_ntl_pos: Decimal,
      liquidated_account_value: Decimal,
    }),
  }),
  z.strictObject({ nonUserCancel: z.array(z.strictObject({ coin: z.string(), oid: z.int() })) }),
]);
export const StateEvent: z.ZodType<ClearinghouseStateEvent> = z.strictObject({
  dex: z.string(),
  user: Hex,
  clearinghouseState: State,
});
export const OrdersEvent: z.ZodType<OpenOrdersEvent> = z.strictObject({
  dex: z.string(),
  user: Hex,
  orders: FrontendOrders,
});
export const Context: z.ZodType<ActiveAssetCtxEvent["ctx"]> = z.strictObject({
  prevDayPx: Decimal,
  dayNtlVlm: Decimal,
  markPx: Decimal,
  midPx: Decimal.nullable(),
  funding: Decimal,
  openInterest: Decimal,
  premium: Decimal.nullable(),
  oraclePx: Decimal,
  impactPxs: z.tuple([Decimal, Decimal]).nullable(),
  dayBaseVlm: Decimal,
});
export const ContextEvent: z.ZodType<ActiveAssetCtxEvent> = z.strictObject({
  coin: z.string(),
  ctx: Context,
});
