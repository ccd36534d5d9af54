/** The newest orders are remembered, the open ones always. */
import { expect, test } from "bun:test";
import { Account } from "#runner/exchange/account.ts";
import { AccountHistory } from "#runner/exchange/history.ts";
import { inferRules } from "#runner/exchange/instruments.ts";
import type { Order } from "#runner/exchange/orders.ts";

const PERP = { coin: "BTC", assetId: 0, delisted: false, ...inferRules(1, 2) };
const ACCOUNT = new Account(1000);
/** More than are remembered. */
const MANY = 10_000;
/** What `historicalOrders` shows. */
const SHOWN = 2000;

const orderOf = (id: number): Order => ({
  perp: PERP,
  side: "buy",
  price: 100,
  size: 1,
  reduceOnly: false,
  clientOrderId: `0x${id.toString(16)}`,
  timeInForce: "gtc",
  id,
  account: ACCOUNT,
  placedMs: id,
  stage: "resting",
  family: undefined,
  remaining: 1,
  status: "open",
  statusMs: id,
});

test("of many orders the newest are there, and those that are open however old", () => {
  const history = new AccountHistory();
  const waiting = orderOf(3);
  history.keepOrder(waiting);
  for (let id = 10; id < MANY; id++) {
    const order = orderOf(id);
    history.keepOrder(order);
    order.status = "filled";
    history.keepOrder(order);
  }
  const newest = history.newestOrders().map(({ id }) => id);
  expect(newest).toEqual(Array.from({ length: SHOWN }, (_, index) => MANY - 1 - index));
  expect(history.findOrder(3)).toBe(waiting);
  expect(history.findOrder("0x3")).toBe(waiting);
  expect(history.findOrder(10)).toBeUndefined();
  waiting.status = "canceled";
  for (let id = MANY; id < 2 * MANY; id++) history.keepOrder({ ...orderOf(id), status: "filled" });
  expect(history.findOrder(3)).toBeUndefined();
});

test("of several orders with one client id the newest is found", () => {
  const history = new AccountHistory();
  const [first, second] = [orderOf(1), { ...orderOf(2), clientOrderId: "0x1" }];
  history.keepOrder(first);
  history.keepOrder(second);
  // The first changes once more: it is still the older one.
  history.keepOrder(first);
  expect(history.findOrder("0x1")).toBe(second);
});
