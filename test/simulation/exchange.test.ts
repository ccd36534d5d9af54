/**
 * Random lives of accounts at the matching core: what must hold whatever happens. 10 000 of them, or as
 * many as KUMBH_SIMULATIONS says.
 */
import { expect, test } from "bun:test";
import type { Account } from "#runner/exchange/account.ts";
import type { AccountFill, Outcome } from "#runner/exchange/outcomes.ts";
import { sign } from "#shared/order.ts";
import { CASH, PERPS, runLife, World } from "#test/simulation/exchange-world.ts";

const SEEDS = Number(process.env["KUMBH_SIMULATIONS"] ?? 10_000);
/** A cent. */
const CENT = 0.01;
const DUST = 1e-9;

/** Throws with what is wrong: `expect` in a loop of a million would take the time. */
function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}

/** The market's side of all trades: what it holds, and what it has paid and got. */
class Books {
  readonly sizes = new Map<number, number>();
  usdc = 0;
  fees = 0;
  funding = 0;

  add(outcome: Outcome): void {
    if (outcome.kind === "funding") this.funding -= outcome.payment.usdc;
    if (outcome.kind !== "fill") return;
    const { order, price, size, fee } = outcome.fill;
    const signedSize = sign(order.side) * size;
    const { assetId } = order.perp;
    this.sizes.set(assetId, (this.sizes.get(assetId) ?? 0) - signedSize);
    this.usdc += signedSize * price;
    this.fees += fee;
  }
}

const openProfit = (account: Account, world: World): number =>
  [...account.positions.values()].reduce(
    (sum, { perp, size, entryPrice }) => sum + size * (world.matching.mark(perp) - entryPrice),
    0,
  );

/** Everybody's money, the market's, what was paid for trading, funding, and the backstop's. */
function wealthOf(world: World, books: Books): number {
  let wealth = books.usdc + books.fees + books.funding + world.matching.vault;
  for (const perp of PERPS) {
    wealth += (books.sizes.get(perp.assetId) ?? 0) * world.matching.mark(perp);
  }
  for (const account of world.accounts) wealth += account.cash + openProfit(account, world);
  return wealth;
}

const WEALTH = CASH.reduce((sum, cash) => sum + cash, 0);

function checkFill({ order, price, size, startPosition, liquidation }: AccountFill): void {
  const isFree = liquidation !== undefined || order.trigger?.isMarket === true;
  const better = sign(order.side) * (order.price - price);
  must(isFree || better >= 0, () => `order ${order.id} filled at ${price}, past ${order.price}`);
  const whole = order.size === 0 ? Math.abs(startPosition) : order.size;
  must(size > 0 && size <= whole + DUST, () => `order ${order.id} filled ${size} of ${whole}`);
  if (!order.reduceOnly) return;
  const reduces = startPosition * sign(order.side) < 0 && size <= Math.abs(startPosition) + DUST;
  must(reduces, () => `reduce-only ${order.id} filled ${size} at a position of ${startPosition}`);
}

/** A market order that its trigger has fired takes no more than 10 % past the price that fired it. */
function checkSlippage(fills: readonly AccountFill[]): void {
  for (const { order, price } of fills) {
    const trigger = order.trigger;
    if (trigger?.isMarket !== true) continue;
    const first = fills.find((fill) => fill.order === order)?.price ?? price;
    const past = (sign(order.side) * (price - first)) / first;
    must(past <= 0.1 + CENT, () => `order ${order.id} fired and filled ${past} past its price`);
  }
}

function checkOrders(account: Account): void {
  for (const order of account.orders.values()) {
    must(order.status === "open", () => `order ${order.id} waits and is ${order.status}`);
    const isOfPosition = order.ofPosition === true && order.size === 0;
    const hasSize = order.remaining > 0 && order.remaining <= order.size;
    must(isOfPosition || hasSize, () => `order ${order.id} has ${order.remaining} left`);
    if (!order.reduceOnly || order.stage === "waitingForFill") continue;
    const closes = -account.sizeOf(order.perp) * sign(order.side);
    const mayWait = closes > 0 && order.remaining <= closes + DUST;
    must(mayWait, () => `reduce-only ${order.id} of ${order.remaining} waits at ${-closes}`);
  }
}

function checkAccount(account: Account, world: World): void {
  checkOrders(account);
  let collateral = 0;
  for (const { perp, size, collateral: own } of account.positions.values()) {
    must(size !== 0, () => `${perp.coin} is held with a size of 0`);
    const isIsolated = account.leverageOf(perp).kind === "isolated";
    must(isIsolated || own === 0, () => `a cross position of ${perp.coin} has collateral ${own}`);
    collateral += own;
  }
  const isFlat = account.positions.size === 0;
  must(!isFlat || account.cash >= 0, () => `a flat account owes ${account.cash}`);
  must(Number.isFinite(account.cash + collateral + openProfit(account, world)), () => "no number");
}

test(`money is conserved, limits hold and reduce-only reduces, over ${SEEDS} lives`, () => {
  const seen = { fills: 0, liquidations: 0, fundings: 0, fired: 0 };
  for (let seed = 0; seed < SEEDS; seed++) {
    try {
      const books = new Books();
      runLife(seed, (world, news) => {
        for (const outcome of news) {
          books.add(outcome);
          if (outcome.kind === "fill") checkFill(outcome.fill);
          if (outcome.kind === "fill") seen.fills++;
          if (outcome.kind === "liquidation") seen.liquidations++;
          if (outcome.kind === "funding") seen.fundings++;
          if (outcome.kind === "update" && outcome.status === "triggered") seen.fired++;
        }
        checkSlippage(news.flatMap((each) => (each.kind === "fill" ? [each.fill] : [])));
        for (const account of world.accounts) checkAccount(account, world);
        const wealth = wealthOf(world, books);
        must(Math.abs(wealth - WEALTH) < CENT, () => `wealth of ${WEALTH} has become ${wealth}`);
      });
    } catch (cause) {
      throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
    }
  }
  // A simulation in which nothing happens proves nothing.
  expect(seen.fills).toBeGreaterThan(3 * SEEDS);
  expect(seen.liquidations).toBeGreaterThan(SEEDS / 20);
  expect(seen.fundings).toBeGreaterThan(SEEDS / 2);
  expect(seen.fired).toBeGreaterThan(SEEDS / 10);
}, 600_000);

/** Everything that an account is, to compare two of them. */
const stateOf = (world: World): unknown =>
  world.accounts.map((account) => ({
    cash: account.cash,
    volume: account.volume,
    positions: [...account.positions.values()].map(({ size, entryPrice, collateral }) => [
      size,
      entryPrice,
      collateral,
    ]),
    orders: [...account.orders.values()].map(({ id, remaining, stage }) => [id, remaining, stage]),
    funding: PERPS.map((perp) => account.fundingOf(perp)),
  }));

test("the same steps give the same state, and so does the same seed", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { world, steps } = runLife(seed, () => {});
    const replayed = new World();
    for (const step of steps) replayed.do(step);
    expect(stateOf(replayed)).toEqual(stateOf(world));
    expect(replayed.matching.vault).toBe(world.matching.vault);
    expect(replayed.outcomes.length).toBe(world.outcomes.length);
  }
});

test("an order that has ended stays so, and every fired one ends or rests", () => {
  for (let seed = 0; seed < 300; seed++) {
    const ended = new Set<number>();
    runLife(seed, (_, news) => {
      for (const outcome of news) {
        if (outcome.kind !== "update") continue;
        const { order, status } = outcome;
        must(
          !ended.has(order.id),
          () => `seed ${seed}: order ${order.id} is ${status} after its end`,
        );
        if (status !== "open" && status !== "triggered") ended.add(order.id);
      }
    });
    expect(ended.size).toBeGreaterThan(0);
  }
});
