/** What a client can subscribe to, and the normalised form in which the exchange echoes it. */
import { z } from "zod";
import { MANTISSAS, MainDex } from "#runner/exchange/wire/request.ts";
import { Coin } from "#shared/candle.ts";
import { Address } from "#shared/sim-options.ts";
import { Timeframe } from "#shared/timeframe.ts";

export const Subscription = z.discriminatedUnion("type", [
  z.object({ type: z.literal("candle"), interval: Timeframe, coin: Coin }),
  z.object({ type: z.literal("trades"), coin: Coin }),
  z.object({ type: z.literal("bbo"), coin: Coin }),
  z.object({
    type: z.literal("l2Book"),
    coin: Coin,
    nSigFigs: z.int().min(2).max(5).nullable().default(null),
    mantissa: z.literal(MANTISSAS).nullable().default(null),
    fast: z.boolean().default(false),
  }),
  z.object({ type: z.literal("allMids"), dex: MainDex }),
  z.object({ type: z.literal("activeAssetCtx"), coin: Coin }),
  z.object({ type: z.literal("clearinghouseState"), user: Address, dex: MainDex }),
  z.object({ type: z.literal("openOrders"), user: Address, dex: MainDex }),
  z.object({ type: z.literal("userFundings"), user: Address }),
  z.object({ type: z.literal("orderUpdates"), user: Address }),
  z.object({
    type: z.literal("userFills"),
    user: Address,
    aggregateByTime: z.boolean().default(false),
  }),
  z.object({ type: z.literal("userEvents"), user: Address }),
]);
export type Subscription = Readonly<z.infer<typeof Subscription>>;

/** Names a subscription: two that ask for the same have one name, whatever the order of their keys. */
export type TopicName = string;
export const topicName = (subscription: Subscription): TopicName => JSON.stringify(subscription);

export const coinOf = (subscription: Subscription): Coin | undefined =>
  "coin" in subscription ? subscription.coin : undefined;

export const userOf = (subscription: Subscription): string | undefined =>
  "user" in subscription ? subscription.user : undefined;
