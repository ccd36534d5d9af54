import { expect, test } from "bun:test";
import { AccountFile, type Changes } from "#runner/paper/account-file.ts";
import type { StoredFill, StoredFunding, StoredOrder } from "#runner/paper/stored.ts";
import { TempFolder } from "#test/support/runner-child.ts";

const KEPT = 2000;

const order = (id: number, status: StoredOrder["status"]): StoredOrder => ({
  id,
  coin: "BTC",
  side: "buy",
  price: 50_000,
  size: 0.1,
  reduceOnly: false,
  timeInForce: "gtc",
  clientOrderId: null,
  stage: "resting",
  placedMs: 1,
  remaining: status === "open" ? 0.1 : 0,
  status,
  statusMs: 1,
});

const fill = (tradeId: number, orderId: number): StoredFill => ({
  tradeId,
  orderId,
  price: 50_000,
  size: 0.1,
  fee: 1,
  taker: true,
  timeMs: 1,
  startPosition: 0,
  direction: "Open Long",
  closedPnl: 0,
});

const funding = (timeMs: number): StoredFunding => ({
  coin: "BTC",
  size: 1,
  rate: 0.000_01,
  usdc: -0.5,
  timeMs,
});

const STATE: Changes["state"] = {
  capital: 10_000,
  cash: 9000,
  volume: 5000,
  requests: 3,
  nextOrderId: 7,
  nextTradeId: 8,
  coins: [],
  schedule: { atMs: null, day: 0, triggers: 0 },
  dues: { notedUntilMs: 7_200_000, open: [] },
};

const ids = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

test("a new file holds no account; what was saved is there when it is opened again", () => {
  using folder = new TempFolder();
  const path = folder.file("a.paper.db");
  const first = new AccountFile(path);
  expect(first.load()).toBeUndefined();
  first.save({
    state: STATE,
    orders: [order(1, "open"), order(2, "filled")],
    fills: [fill(5, 2)],
    fundings: [funding(3)],
  });
  first.save({
    state: { ...STATE, cash: 1 },
    orders: [order(1, "canceled")],
    fills: [],
    fundings: [funding(4)],
  });
  first.close();
  const again = new AccountFile(path);
  expect(again.load()).toEqual({
    state: { ...STATE, cash: 1 },
    orders: [order(1, "canceled"), order(2, "filled")],
    fills: [fill(5, 2)],
    fundings: [funding(3), funding(4)],
  });
  again.close();
});

test("a fill is undelivered until it is said to be delivered", () => {
  using folder = new TempFolder();
  const file = new AccountFile(folder.file("a.paper.db"));
  file.save({
    state: STATE,
    orders: [order(1, "filled")],
    fills: [fill(3, 1), fill(4, 1)],
    fundings: [],
  });
  expect(file.undelivered()).toEqual([3, 4]);
  file.delivered(3);
  expect(file.undelivered()).toEqual([4]);
  file.close();
});

test("when it is opened the oldest are forgotten, but nothing that is open or was not told", () => {
  using folder = new TempFolder();
  const path = folder.file("a.paper.db");
  const full = new AccountFile(path);
  full.save({
    state: STATE,
    orders: [
      order(1, "open"),
      order(2, "filled"),
      order(3, "filled"),
      ...ids(10, KEPT).map((id) => order(id, "canceled")),
    ],
    fills: [fill(1, 2), fill(2, 3), ...ids(10, KEPT).map((id) => fill(id, id))],
    fundings: ids(1, KEPT + 2).map(funding),
  });
  for (const id of [2, ...ids(10, KEPT)]) full.delivered(id);
  full.close();
  const file = new AccountFile(path);
  const kept = file.load();
  // The fill of order 2 was never told; that of order 3 was, and is too old.
  expect(kept?.orders.map(({ id }) => id).slice(0, 3)).toEqual([1, 2, 10]);
  expect(kept?.orders).toHaveLength(KEPT + 2);
  expect(kept?.fills.map(({ tradeId }) => tradeId).slice(0, 2)).toEqual([1, 10]);
  expect(kept?.fills).toHaveLength(KEPT + 1);
  expect(kept?.fundings.map(({ timeMs }) => timeMs)).toEqual(ids(3, KEPT));
  file.close();
});
