/** Random orders, cancels and trades: what must hold whatever happens. */
import { expect, test } from "bun:test";
import { Account } from "#runner/exchange/account.ts";
import { Matching } from "#runner/exchange/matching.ts";
import { type OrderRequest, type OrderTimeInForce, prevalidate } from "#runner/exchange/orders.ts";
import type { Outcome } from "#runner/exchange/outcomes.ts";
import { bookAround } from "#runner/exchange/quote.ts";
import { opposite, sign } from "#shared/order.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { perpsOf } from "#test/runner/exchange/support.ts";

const SEEDS = 1000;
const STEPS = 40;
const CASH = 50_000;
const PERPS = perpsOf("BTC", "SOL");

interface Run {
  readonly accounts: readonly Account[];
  readonly outcomes: readonly Outcome[];
  readonly prices: readonly number[];
}

const pick = <T>(random: Random, from: readonly T[]): T => {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new Error("nothing to pick from");
  return picked;
};

const TIFS: readonly OrderTimeInForce[] = ["gtc", "gtc", "ioc", "alo", "frontendMarket"];

/** One random life of two accounts; `check` is called after each step with what it brought. */
function run(
  seed: number,
  check: (accounts: readonly Account[], news: readonly Outcome[]) => void,
): Run {
  const random = seededRandom(seed);
  const accounts = [new Account(CASH), new Account(CASH)];
  const matching = new Matching({ firstOrderId: 1, firstTradeId: 1 });
  const prices = [50_000, 150];
  const outcomes: Outcome[] = [];
  for (const [index, perp] of PERPS.entries()) matching.setMark(perp, prices[index] ?? 0);
  for (let step = 0; step < STEPS; step++) {
    const news: Outcome[] = [];
    const account = pick(random, accounts);
    const perp = pick(random, PERPS);
    const index = PERPS.indexOf(perp);
    const price = prices[index] ?? 0;
    const tick = index === 0 ? 1 : 0.01;
    const kind = random();
    if (kind < 0.5) {
      const request = randomRequest(random, perp, price, tick);
      const quote = bookAround({
        last: price,
        side: "buy",
        sizeDecimals: perp.sizeDecimals,
        dayNotional: 2e8,
      });
      if (prevalidate(request, price) === undefined) {
        matching.place(account, request, { quote, nowMs: step }, news);
      }
    } else if (kind < 0.65 && account.orders.size > 0) {
      matching.cancel(pick(random, [...account.orders.values()]), step, news);
    } else {
      const moved = Math.max(
        tick,
        Math.round((price * (1 + (random() - 0.5) * 0.02)) / tick) * tick,
      );
      prices[index] = Number(moved.toFixed(2));
      matching.trade({ perp, price: prices[index] ?? 0, opening: random() < 0.3 }, step, news);
    }
    check(accounts, news);
    outcomes.push(...news);
  }
  return { accounts, outcomes, prices };
}

function randomRequest(
  random: Random,
  perp: (typeof PERPS)[number],
  price: number,
  tick: number,
): OrderRequest {
  const away = Math.round(((random() - 0.5) * 0.01 * price) / tick) * tick;
  const lots = 10 ** perp.sizeDecimals;
  return {
    perp,
    side: random() < 0.5 ? "buy" : "sell",
    price: Number((price + away).toFixed(2)),
    size: Math.max(1, Math.round((random() * 20_000 * lots) / price)) / lots,
    reduceOnly: random() < 0.3,
    timeInForce: pick(random, TIFS),
    clientOrderId: null,
  };
}

/** Positions, cash and open orders, to compare two runs. */
const stateOf = ({ accounts }: Run): unknown =>
  accounts.map((account) => ({
    cash: account.cash,
    positions: [...account.positions.values()].map(({ size, entryPrice }) => [size, entryPrice]),
    orders: [...account.orders.values()].map(({ id, remaining }) => [id, remaining]),
  }));

/** What follows from the fills alone. */
function ledgerOf(
  account: Account,
  outcomes: readonly Outcome[],
): { cash: number; sizes: Map<string, number> } {
  const sizes = new Map<string, number>();
  let cash = CASH;
  for (const outcome of outcomes) {
    if (outcome.kind !== "fill" || outcome.fill.order.account !== account) continue;
    const { order, size, closedPnl, fee } = outcome.fill;
    const { coin } = order.perp;
    sizes.set(coin, (sizes.get(coin) ?? 0) + sign(order.side) * size);
    cash += closedPnl - fee;
  }
  return { cash, sizes };
}

/** Throws with what is wrong: `expect` in a loop of a million would take the time. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function checkFills(news: readonly Outcome[]): void {
  for (const outcome of news) {
    if (outcome.kind !== "fill") continue;
    const { order, price, size, startPosition } = outcome.fill;
    const better = sign(order.side) * (order.price - price);
    must(better >= 0, `order ${order.id} filled at ${price}, beyond its limit ${order.price}`);
    must(size > 0 && size <= order.size, `order ${order.id} filled ${size} of ${order.size}`);
    if (!order.reduceOnly) continue;
    const reduces = startPosition * sign(order.side) < 0 && size <= Math.abs(startPosition);
    must(reduces, `reduce-only order ${order.id} filled ${size} at a position of ${startPosition}`);
  }
}

function checkOrders(accounts: readonly Account[]): void {
  for (const account of accounts) {
    for (const order of account.orders.values()) {
      must(order.status === "open", `order ${order.id} rests and is ${order.status}`);
      must(
        order.remaining > 0 && order.remaining <= order.size,
        `order ${order.id} has ${order.remaining} left`,
      );
      const held = account.sizeOf(order.perp);
      const mayRest = !order.reduceOnly || held * sign(opposite(order.side)) >= order.remaining;
      must(
        mayRest,
        `reduce-only order ${order.id} of ${order.remaining} rests at a position of ${held}`,
      );
    }
  }
}

function checkLedger({ accounts, outcomes }: Run): void {
  for (const account of accounts) {
    const { cash, sizes } = ledgerOf(account, outcomes);
    must(Math.abs(cash - account.cash) < 1e-6, `cash is ${account.cash}, fills say ${cash}`);
    for (const perp of PERPS) {
      const said = sizes.get(perp.coin) ?? 0;
      must(
        Math.abs(said - account.sizeOf(perp)) < 1e-9,
        `${perp.coin} is ${account.sizeOf(perp)}, fills say ${said}`,
      );
    }
  }
}

test("fills respect limit and size, reduce-only never grows, and the ledger adds up", () => {
  let fills = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    try {
      const done = run(seed, (accounts, news) => {
        checkFills(news);
        checkOrders(accounts);
      });
      checkLedger(done);
      fills += done.outcomes.filter(({ kind }) => kind === "fill").length;
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  }
  // A simulation in which nothing happens proves nothing.
  expect(fills).toBeGreaterThan(5 * SEEDS);
});

test("the same seed gives the same state", () => {
  for (let seed = 0; seed < 20; seed++) {
    expect(stateOf(run(seed, () => {}))).toEqual(stateOf(run(seed, () => {})));
  }
});

test("every update tells a status that the order has, and an order that has ended stays so", () => {
  for (let seed = 0; seed < 100; seed++) {
    const ended = new Set<number>();
    for (const outcome of run(seed, () => {}).outcomes) {
      if (outcome.kind !== "update") continue;
      const { order, status } = outcome;
      must(!ended.has(order.id), `seed ${seed}: order ${order.id} is ${status} after its end`);
      if (status !== "open") ended.add(order.id);
    }
    expect(ended.size).toBeGreaterThan(0);
  }
});
