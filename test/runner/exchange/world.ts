/** One account at the matching core: BTC near 1000, so that one tick is 0.1; 10x cross. */
import { Account, bookFill } from "#runner/exchange/account.ts";
import { Matching } from "#runner/exchange/matching.ts";
import { type Order, type OrderRequest, rejectionText } from "#runner/exchange/orders.ts";
import type { AccountFill, Outcome, Reply } from "#runner/exchange/outcomes.ts";
import type { Quote } from "#runner/exchange/quote.ts";
import { perpOf } from "#test/runner/exchange/support.ts";

export const BTC = perpOf("BTC");
/** 1 BTC at each of three prices on both sides. */
export const QUOTE: Quote = {
  bids: [999, 998, 997].map((price) => ({ price, size: 1 })),
  asks: [1000, 1001, 1002].map((price) => ({ price, size: 1 })),
  mark: 1000,
};
export const NOW = 1_700_000_000_000;

export interface World {
  readonly matching: Matching;
  readonly account: Account;
  readonly outcomes: Outcome[];
}

/** An account with this position, bought or sold at 1000 without a fee. */
export function worldWith(held = 0, usdc = 100_000): World {
  const account = new Account(usdc);
  account.setLeverage(BTC, { kind: "cross", value: 10 });
  const matching = new Matching({ firstOrderId: 1, firstTradeId: 1 });
  matching.setMark(BTC, 1000);
  if (held !== 0) {
    bookFill(account, BTC, { signedSize: held, price: 1000, fee: 0 });
    matching.adopt(account);
  }
  return { matching, account, outcomes: [] };
}

export const request = (changes: Partial<OrderRequest> = {}): OrderRequest => ({
  perp: BTC,
  side: "buy",
  price: 900,
  size: 1,
  reduceOnly: false,
  timeInForce: "gtc",
  clientOrderId: null,
  ...changes,
});

export const place = (world: World, changes: Partial<OrderRequest>): Reply =>
  world.matching.place(
    world.account,
    request(changes),
    { quote: QUOTE, nowMs: NOW },
    world.outcomes,
  );

export const tradeAt = (world: World, price: number, opening = false): void =>
  world.matching.trade({ perp: BTC, price, opening }, NOW + 1, world.outcomes);

export const fillsOf = (world: World): readonly AccountFill[] =>
  world.outcomes.flatMap((each) => (each.kind === "fill" ? [each.fill] : []));

export const statusesOf = (world: World): string =>
  world.outcomes
    .flatMap((each) => (each.kind === "update" ? [`${each.status}:${each.remaining}`] : []))
    .join(" ");

/** A reduce-only order of 1 that waits for the mark price. */
export const waiting = (
  kind: "tp" | "sl",
  triggerPrice: number,
  changes: Partial<OrderRequest> & { readonly isMarket?: boolean } = {},
): OrderRequest => {
  const { isMarket = true, ...rest } = changes;
  return request({
    side: "sell",
    price: triggerPrice,
    reduceOnly: true,
    timeInForce: isMarket ? "ioc" : "gtc",
    trigger: { price: triggerPrice, kind, isMarket },
    ...rest,
  });
};

/** How each order stands that the account was ever told of, by id: `filled canceled`. */
export function endsOf(world: World): string {
  const orders = new Map<number, Order>();
  for (const each of world.outcomes) {
    if (each.kind === "update") orders.set(each.order.id, each.order);
  }
  return [...orders.values()].map(({ status }) => status).join(" ");
}

/** The exchange's words, if it refused. */
export const textOf = (reply: Reply): string | undefined =>
  reply.kind === "rejected" ? rejectionText(reply.rejection, BTC) : undefined;
