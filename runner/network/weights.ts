/** What a request costs of the machine's one budget (hyperliquid-docs, "Rate limits and user limits"). */
import { z } from "zod";
import type { Priority } from "#shared/child-message.ts";

export type Endpoint = "info" | "exchange";

export interface Cost {
  readonly weight: number;
  readonly priority: Priority;
}

/** Questions that an order waits for: its price, and what became of it when its reply was lost. */
const PART_OF_ORDER: ReadonlySet<string> = new Set(["l2Book", "orderStatus"]);

const INFO_WEIGHT = 20;
const INFO_WEIGHTS: Readonly<Record<string, number>> = {
  l2Book: 2,
  allMids: 2,
  clearinghouseState: 2,
  orderStatus: 2,
  spotClearinghouseState: 2,
  exchangeStatus: 2,
  userRole: 60,
};

/** Items of a reply that cost one more, by type of request. */
const ITEMS_PER_WEIGHT: Readonly<Record<string, number>> = {
  candleSnapshot: 60,
  recentTrades: 20,
  historicalOrders: 20,
  userFills: 20,
  userFillsByTime: 20,
  fundingHistory: 20,
  userFunding: 20,
  userNonFundingLedgerUpdates: 20,
  twapHistory: 20,
  userTwapSliceFills: 20,
  userTwapSliceFillsByTime: 20,
  delegatorHistory: 20,
  delegatorRewards: 20,
  validatorStats: 20,
};

/** A batch costs one more for every so many of its parts. */
const BATCH_PER_WEIGHT = 40;

const InfoPayload = z.object({ type: z.string() });
const ExchangePayload = z.object({
  action: z.object({
    type: z.string(),
    orders: z.array(z.unknown()).optional(),
    cancels: z.array(z.unknown()).optional(),
    modifies: z.array(z.unknown()).optional(),
  }),
});

/** Known before it is sent. Throws for a payload that no SDK sends. */
export function costOf(endpoint: Endpoint, payload: unknown): Cost {
  if (endpoint === "info") {
    const { type } = InfoPayload.parse(payload);
    const priority = PART_OF_ORDER.has(type) ? "order" : "query";
    return { weight: INFO_WEIGHTS[type] ?? INFO_WEIGHT, priority };
  }
  const { type, orders, cancels, modifies } = ExchangePayload.parse(payload).action;
  const parts = (orders ?? cancels ?? modifies ?? []).length;
  const weight = 1 + Math.floor(parts / BATCH_PER_WEIGHT);
  return { weight, priority: isCancel(type) ? "cancel" : "order" };
}

const isCancel = (type: string): boolean => /cancel/i.test(type);

/** What the reply costs on top; 0 for most. */
export function extraWeight(endpoint: Endpoint, payload: unknown, reply: unknown): number {
  if (endpoint !== "info" || !Array.isArray(reply)) return 0;
  const itemsPerWeight = ITEMS_PER_WEIGHT[InfoPayload.parse(payload).type];
  return itemsPerWeight === undefined ? 0 : Math.floor(reply.length / itemsPerWeight);
}
