/** What `/info` is asked, and the pieces that several requests share. */
import { z } from "zod";
import { Coin } from "#shared/candle.ts";
import { Address } from "#shared/sim-options.ts";
import { Timeframe } from "#shared/timeframe.ts";

/** Steps of the last significant figure in which a book can be joined. */
export const MANTISSAS: readonly [1, 2, 5] = [1, 2, 5];

/** The one perp dex that the simulator has, as clients name it: not at all, or by an empty text. */
export const MainDex = z
  .literal("")
  .nullish()
  .transform((dex) => dex ?? undefined);

const Time = z.int().nonnegative();
const Cloid = z
  .string()
  .regex(/^0x[0-9a-fA-F]{32}$/)
  .transform((text) => text.toLowerCase());

export const InfoRequest = z.discriminatedUnion("type", [
  z.object({ type: z.literal("meta"), dex: MainDex }),
  z.object({ type: z.literal("spotMeta") }),
  z.object({ type: z.literal("outcomeMeta") }),
  z.object({ type: z.literal("perpDexs") }),
  z.object({ type: z.literal("allMids"), dex: MainDex }),
  z.object({ type: z.literal("metaAndAssetCtxs"), dex: MainDex }),
  z.object({
    type: z.literal("candleSnapshot"),
    req: z.object({ coin: Coin, interval: Timeframe, startTime: Time, endTime: Time.nullish() }),
  }),
  z.object({
    type: z.literal("l2Book"),
    coin: Coin,
    nSigFigs: z.int().min(2).max(5).nullish(),
    mantissa: z.literal(MANTISSAS).nullish(),
  }),
  z.object({ type: z.literal("clearinghouseState"), user: Address, dex: MainDex }),
  z.object({ type: z.literal("activeAssetData"), user: Address, coin: Coin }),
  z.object({ type: z.literal("openOrders"), user: Address, dex: MainDex }),
  z.object({ type: z.literal("frontendOpenOrders"), user: Address, dex: MainDex }),
  z.object({ type: z.literal("historicalOrders"), user: Address }),
  z.object({
    type: z.literal("userFunding"),
    user: Address,
    startTime: Time.nullish(),
    endTime: Time.nullish(),
  }),
  z.object({
    type: z.literal("userFills"),
    user: Address,
    aggregateByTime: z.boolean().nullish(),
  }),
  z.object({
    type: z.literal("userFillsByTime"),
    user: Address,
    startTime: Time,
    endTime: Time.nullish(),
    aggregateByTime: z.boolean().nullish(),
    reversed: z.boolean().nullish(),
  }),
  z.object({
    type: z.literal("orderStatus"),
    user: Address,
    oid: z.union([z.int().nonnegative(), Cloid]),
  }),
  z.object({
    type: z.literal("fundingHistory"),
    coin: Coin,
    startTime: Time,
    endTime: Time.nullish(),
  }),
  z.object({ type: z.literal("exchangeStatus") }),
  z.object({ type: z.literal("userRateLimit"), user: Address }),
  z.object({ type: z.literal("userRole"), user: Address }),
  z.object({ type: z.literal("extraAgents"), user: Address }),
]);
export type InfoRequest = Readonly<z.infer<typeof InfoRequest>>;
