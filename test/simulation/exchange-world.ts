/** Random lives of three accounts at the matching core: orders of every kind, prices, hours, margin. */
import { Account } from "#runner/exchange/account.ts";
import { updateIsolatedMargin } from "#runner/exchange/isolated-margin.ts";
import { updateLeverage } from "#runner/exchange/leverage.ts";
import { Matching } from "#runner/exchange/matching.ts";
import {
  type OrderRequest,
  type OrderTimeInForce,
  prevalidate,
  type Trigger,
} from "#runner/exchange/orders.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import { bookAround, type Quote } from "#runner/exchange/quote.ts";
import { roundPrice } from "#shared/instrument.ts";
import { opposite, type Side } from "#shared/order.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { perpsOf } from "#test/runner/exchange/support.ts";

export const PERPS = perpsOf("BTC", "SOL");
export type WorldPerp = (typeof PERPS)[number];
/** What each account begins with: one that is soon liquidated, two that are not. */
export const CASH: readonly number[] = [2000, 50_000, 1_000_000];

const START: readonly number[] = [50_000, 150];
const DAY_NOTIONAL = 2e8;
/** Time between two steps: some hours of funding and some days of fees in every life. */
const STEP_MS = 3_600_000 * 5;

/** Something that is done to the world; a list of them is a whole life. */
export type Step =
  | { readonly kind: "place"; readonly account: number; readonly request: OrderRequest }
  | {
      readonly kind: "family";
      readonly account: number;
      readonly parent: OrderRequest;
      readonly children: readonly OrderRequest[];
    }
  | { readonly kind: "pair"; readonly account: number; readonly requests: readonly OrderRequest[] }
  | { readonly kind: "cancel" | "replace"; readonly account: number; readonly pick: number }
  | {
      readonly kind: "leverage";
      readonly account: number;
      readonly perp: WorldPerp;
      readonly isCross: boolean;
      readonly value: number;
    }
  | {
      readonly kind: "margin";
      readonly account: number;
      readonly perp: WorldPerp;
      readonly usdc: number;
    }
  | {
      readonly kind: "trade";
      readonly perp: WorldPerp;
      readonly price: number;
      readonly opening: boolean;
    }
  | { readonly kind: "fund"; readonly perp: WorldPerp; readonly rate: number };

export class World {
  readonly accounts = CASH.map((cash) => new Account(cash));
  readonly matching = new Matching({ firstOrderId: 1, firstTradeId: 1 });
  readonly outcomes: Outcome[] = [];
  #nowMs = 0;

  constructor() {
    for (const [index, perp] of PERPS.entries()) this.matching.setMark(perp, START[index] ?? 1);
  }

  /** Does one step; gives what came of it. */
  do(step: Step): readonly Outcome[] {
    const news: Outcome[] = [];
    this.#nowMs += STEP_MS;
    this.#carryOut(step, news);
    this.outcomes.push(...news);
    return news;
  }

  quoteAt(perp: WorldPerp, price: number): Quote {
    const { sizeDecimals } = perp;
    return bookAround({ last: price, side: "buy", sizeDecimals, dayNotional: DAY_NOTIONAL });
  }

  #carryOut(step: Step, news: Outcome[]): void {
    const { matching } = this;
    const nowMs = this.#nowMs;
    if (step.kind === "trade") {
      const bookAt = (price: number): Quote => this.quoteAt(step.perp, price);
      matching.trade({ ...step, bookAt }, nowMs, news);
      return;
    }
    if (step.kind === "fund") {
      matching.fund(step.perp, step.rate, nowMs, news);
      return;
    }
    const account = this.accounts[step.account] ?? new Account(0);
    const arrival = ({ perp }: OrderRequest) => ({
      quote: this.quoteAt(perp, matching.mark(perp)),
      nowMs,
    });
    switch (step.kind) {
      case "place":
        matching.place(account, step.request, arrival(step.request), news);
        return;
      case "family": {
        const parent = matching.place(account, step.parent, arrival(step.parent), news);
        if (parent.kind === "rejected") return;
        matching.placeChildren(parent.order, step.children, nowMs, news);
        return;
      }
      case "pair":
        matching.placeSiblings(account, step.requests, arrival, news);
        return;
      case "cancel":
      case "replace": {
        const orders = [...account.orders.values()];
        const order = orders[step.pick % Math.max(1, orders.length)];
        if (order === undefined) return;
        if (step.kind === "cancel") matching.cancel(order, nowMs, news);
        else matching.replace(order, { ...order, size: order.size }, arrival(order), news);
        return;
      }
      case "leverage": {
        const kind = step.isCross ? "cross" : "isolated";
        updateLeverage(account, step.perp, { kind, value: step.value }, matching.mark);
        return;
      }
      default:
        updateIsolatedMargin(account, step.perp, step.usdc, matching.mark);
    }
  }
}

const pick = <T>(random: Random, from: readonly T[]): T => {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new Error("nothing to pick from");
  return picked;
};

const TIFS: readonly OrderTimeInForce[] = ["gtc", "gtc", "ioc", "alo", "frontendMarket"];
/** How far a price moves at once, as a share of it; a jump of the last kind kills. */
const MOVES: readonly number[] = [0.002, 0.01, 0.03, 0.15];

/** The next step of a life, given how the world stands. */
export function nextStep(random: Random, world: World): Step {
  const account = Math.floor(random() * CASH.length);
  const perp = pick(random, PERPS);
  const mark = world.matching.mark(perp);
  const at = (share: number): number => roundPrice(mark * share, perp.sizeDecimals, "nearest");
  const kind = random();
  if (kind < 0.28) return { kind: "place", account, request: randomOrder(random, perp, at) };
  if (kind < 0.36) {
    const parent = { ...randomOrder(random, perp, at), reduceOnly: false };
    const children = pair(random, parent, at, parent.size);
    return { kind: "family", account, parent, children };
  }
  if (kind < 0.42) {
    const side = random() < 0.5 ? "buy" : "sell";
    const like = { ...randomOrder(random, perp, at), side } as const;
    const size = random() < 0.5 ? 0 : like.size;
    const requests = pair(random, like, at, size).map((each) => ({ ...each, ofPosition: true }));
    return { kind: "pair", account, requests };
  }
  if (kind < 0.5) {
    const verb = random() < 0.6 ? "cancel" : "replace";
    return { kind: verb, account, pick: Math.floor(random() * 100) };
  }
  if (kind < 0.54) {
    const value = 1 + Math.floor(random() * perp.maxLeverage);
    return { kind: "leverage", account, perp, isCross: random() < 0.6, value };
  }
  if (kind < 0.57) {
    return { kind: "margin", account, perp, usdc: Math.round((random() - 0.4) * 500) };
  }
  if (kind < 0.62) return { kind: "fund", perp, rate: (random() - 0.5) * 0.01 };
  const price = Math.max(at(1 + (random() - 0.5) * 2 * pick(random, MOVES)), 1);
  return { kind: "trade", perp, price, opening: random() < 0.3 };
}

function randomOrder(random: Random, perp: WorldPerp, at: (share: number) => number): OrderRequest {
  const lots = 10 ** perp.sizeDecimals;
  const notional = 10 ** (1.2 + random() * 4.3);
  return {
    perp,
    side: random() < 0.5 ? "buy" : "sell",
    price: at(1 + (random() - 0.5) * 0.02),
    size: Math.max(1, Math.round((notional * lots) / at(1))) / lots,
    reduceOnly: random() < 0.2,
    timeInForce: pick(random, TIFS),
    clientOrderId: null,
    builderRate: random() < 0.2 ? 0.0001 : undefined,
  };
}

/** A take-profit and a stop-loss that close what an order opens. */
function pair(
  random: Random,
  opens: { readonly perp: WorldPerp; readonly side: Side },
  at: (share: number) => number,
  size: number,
): readonly OrderRequest[] {
  const profits = opens.side === "buy" ? 1 : -1;
  const trigger = (kind: Trigger["kind"], share: number): OrderRequest => {
    const price = at(share);
    const isMarket = random() < 0.7;
    return {
      perp: opens.perp,
      side: opposite(opens.side),
      price,
      size,
      reduceOnly: true,
      timeInForce: isMarket ? "ioc" : "gtc",
      clientOrderId: null,
      trigger: { price, kind, isMarket },
    };
  };
  return [
    trigger("tp", 1 + profits * (0.005 + random() * 0.03)),
    trigger("sl", 1 - profits * (0.005 + random() * 0.03)),
  ];
}

const STEPS = 40;

/** One random life; `check` is called after each step with what it brought. Gives its steps. */
export function runLife(
  seed: number,
  check: (world: World, news: readonly Outcome[]) => void,
): { readonly world: World; readonly steps: readonly Step[] } {
  const random = seededRandom(seed);
  const world = new World();
  const steps: Step[] = [];
  for (let count = 0; count < STEPS; count++) {
    const step = nextStep(random, world);
    if (!isValid(step, world)) continue;
    steps.push(step);
    check(world, world.do(step));
  }
  return { world, steps };
}

/** What the exchange refuses before it reaches the core never does. */
function isValid(step: Step, world: World): boolean {
  const isFine = (request: OrderRequest): boolean =>
    prevalidate(request, world.matching.mark(request.perp)) === undefined;
  if (step.kind === "place") return isFine(step.request);
  if (step.kind === "family") return [step.parent, ...step.children].every(isFine);
  return step.kind === "pair" ? step.requests.every(isFine) : true;
}
