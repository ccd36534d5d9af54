/** Orders that are said to fill alone: the short way through the core gives what the long one gives. */
import { expect, test } from "bun:test";
import { Account } from "#runner/exchange/account.ts";
import { fillsAlone } from "#runner/exchange/lone-take.ts";
import { Matching } from "#runner/exchange/matching.ts";
import { type OrderRequest, prevalidate } from "#runner/exchange/orders.ts";
import type { AccountFill, Outcome } from "#runner/exchange/outcomes.ts";
import { assert } from "#shared/assert.ts";
import { roundPrice, roundSize } from "#shared/instrument.ts";
import { seededRandom } from "#shared/random.ts";
import { perpOf } from "#test/runner/exchange/support.ts";
import { BTC, NOW, request, worldWith } from "#test/runner/exchange/world.ts";
import { bool, num, oneOf, table } from "#test/support/table.ts";

/** Apart from BTC, which is the first. */
const ETH = { ...perpOf("ETH"), assetId: BTC.assetId + 1 };
const SEEDS = 40;
const ORDERS = 60;
const SLIPPAGE = 0.001;
const ETH_MARK = 100;

/** The whole depth of the market at one price on each side. */
const deep = (mark: number) => ({
  bids: [{ price: mark * (1 - SLIPPAGE), size: Number.POSITIVE_INFINITY }],
  asks: [{ price: mark * (1 + SLIPPAGE), size: Number.POSITIVE_INFINITY }],
  mark,
});

interface Side {
  readonly account: Account;
  readonly matching: Matching;
  readonly fills: AccountFill[];
}

function sideOf(usdc: number): Side {
  const fees = { taker: 0.000_45, maker: 0.000_15 };
  const matching = new Matching({ firstOrderId: 1, firstTradeId: 1, fees });
  return { account: new Account(usdc), matching, fills: [] };
}

function placeAt(side: Side, order: OrderRequest, mark: number, nowMs: number): void {
  const outcomes: Outcome[] = [];
  side.matching.place(side.account, order, { quote: deep(mark), nowMs }, outcomes);
  for (const outcome of outcomes) if (outcome.kind === "fill") side.fills.push(outcome.fill);
}

/** All that the two ways may differ in. */
const stateOf = ({ account, matching, fills }: Side) => ({
  cash: account.cash,
  volume: account.volume,
  positions: [...account.positions],
  open: [...account.orders.keys()],
  next: matching.nextIds,
  fills: fills.map(({ order, ...fill }) => ({ ...fill, order: { ...order, account: null } })),
});

/** The short way where there is one: whether that was so. */
function takeAt(side: Side, order: OrderRequest, mark: number, nowMs: number): boolean {
  const price = mark * (order.side === "buy" ? 1 + SLIPPAGE : 1 - SLIPPAGE);
  const isAlone = fillsAlone(side.account, order, { price, mark });
  if (isAlone) side.fills.push(side.matching.takeAlone(side.account, order, { price, nowMs }));
  else placeAt(side, order, mark, nowMs);
  return isAlone;
}

interface Seen {
  alone: number;
  others: number;
  flat: number;
  turned: number;
}

function count(seen: Seen, isAlone: boolean, before: number, after: number): void {
  if (!isAlone) seen.others += 1;
  else if (before * after < 0) seen.turned += 1;
  else if (before !== 0 && after === 0) seen.flat += 1;
  else seen.alone += 1;
}

function compareWays(seed: number, seen: Seen): void {
  const random = seededRandom(seed);
  const usdc = [300, 5000, 1e7][seed % 3] ?? 0;
  const [short, long] = [sideOf(usdc), sideOf(usdc)];
  let mark = 1000;
  for (let step = 0; step < ORDERS; step++) {
    const nowMs = NOW + step * 60_000;
    mark = Math.round(mark * (1 + (random() - 0.5) * 0.1) * 10) / 10;
    for (const { matching } of [short, long]) {
      matching.setMark(BTC, mark);
      matching.setMark(ETH, ETH_MARK);
    }
    const held = short.account.sizeOf(BTC);
    const order = orderOf(random, mark, held, usdc);
    if (prevalidate(order, mark) !== undefined) continue;
    const met = order.perp === BTC ? mark : ETH_MARK;
    placeAt(long, order, met, nowMs);
    count(seen, takeAt(short, order, met, nowMs), held, short.account.sizeOf(BTC));
    expect(stateOf(short), `seed ${seed}, order ${step}`).toEqual(stateOf(long));
  }
}

test("the short way gives what the core gives, whatever was done before", () => {
  const seen: Seen = { alone: 0, others: 0, flat: 0, turned: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) compareWays(seed, seen);
  // The worlds are rich enough to tell the two apart.
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
});

function orderOf(random: () => number, mark: number, held: number, usdc: number): OrderRequest {
  const side = random() < 0.5 ? "buy" : "sell";
  const perp = random() < 0.05 ? ETH : BTC;
  const last = perp === BTC ? mark : ETH_MARK;
  const share = random() < 0.1 ? 30 * random() : random() / 2;
  const size = random() < 0.2 && held !== 0 ? Math.abs(held) : (share * usdc) / last;
  const away = random() < 0.1 ? -0.01 : 0.05;
  const price = last * (side === "buy" ? 1 + away : 1 - away);
  return request({
    perp,
    side,
    size: roundSize(size, perp.sizeDecimals),
    price: roundPrice(price, perp.sizeDecimals, "nearest"),
    timeInForce: random() < 0.1 ? "gtc" : "ioc",
    reduceOnly: random() < 0.1,
  });
}

const TIF = oneOf("gtc", "ioc", "alo", "frontendMarket");
const cases = table(
  { tif: TIF, cap: num, size: num, reduceOnly: bool, held: num, usdc: num, alone: bool },
  `
  tif              cap   size  reduceOnly  held    usdc | alone
  ioc             1050      1  no             0  100000 | yes
  ioc             1050      1  no            -1  100000 | yes
  ioc             1050      2  no            -1  100000 | yes
  ioc             1000      1  no             0  100000 | yes
  ioc              999      1  no             0  100000 | no
  gtc             1050      1  no             0  100000 | no
  alo             1050      1  no             0  100000 | no
  frontendMarket  1050      1  no             0  100000 | no
  ioc             1050      1  yes           -1  100000 | no
  ioc             1050   0.01  no             0  100000 | yes
  ioc             1050  0.009  no             0  100000 | no
  ioc             1050      1  no             0     101 | yes
  ioc             1050      1  no             0      99 | no
  ioc         1050.05      1  no             0  100000 | no
  `,
);
test.each(cases)("$tif $size at most $cap, held $held of $usdc: $alone", (row) => {
  const { account } = worldWith(row.held, row.usdc);
  const order = request({
    price: row.cap,
    size: row.size,
    timeInForce: row.tif,
    reduceOnly: row.reduceOnly,
  });
  expect(fillsAlone(account, order, { price: 1000, mark: 1000 })).toBe(row.alone);
});

test("beside another order, another position, isolated margin or a tier's end, only the core knows", () => {
  const order = request({ price: 1050, timeInForce: "ioc" });
  const at = { price: 1000, mark: 1000 };
  const asked = (world = worldWith()) => fillsAlone(world.account, order, at);
  expect(asked()).toBe(true);
  const resting = worldWith();
  const quote = deep(1000);
  resting.matching.place(resting.account, request(), { quote, nowMs: NOW }, resting.outcomes);
  expect([resting.account.orders.size, asked(resting)]).toEqual([1, false]);
  const other = worldWith();
  other.account.positions.set(ETH.assetId, { perp: ETH, size: 1, entryPrice: 100, collateral: 0 });
  expect(asked(other)).toBe(false);
  const isolated = worldWith();
  isolated.account.setLeverage(order.perp, { kind: "isolated", value: 5 });
  expect(asked(isolated)).toBe(false);
  const steep = worldWith(0, 1e9);
  steep.account.setLeverage(order.perp, { kind: "cross", value: order.perp.maxLeverage });
  const [, second] = order.perp.marginTiers;
  assert(second !== undefined, "BTC has tiers");
  const large = { ...order, size: second.lowerBound / 1000 };
  expect(fillsAlone(steep.account, { ...large, size: large.size / 2 }, at)).toBe(true);
  expect(fillsAlone(steep.account, large, at)).toBe(false);
});
