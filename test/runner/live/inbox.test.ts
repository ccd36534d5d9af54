import { expect, test } from "bun:test";
import { type Batch, byCloseTime, Inbox, type Item } from "#runner/live/inbox.ts";
import type { Candle } from "#shared/candle.ts";
import type { Fill } from "#shared/order.ts";
import { fillOf } from "#test/support/fills.ts";
import { candle } from "#test/support/live-child.ts";

const batch = (seq: number, ...candles: Candle[]): Batch => ({
  kind: "candles",
  seq,
  phase: "live",
  candles,
});
const forming = (index: number, close: number): Item => ({
  kind: "forming",
  candle: candle("BTC", "1m", index, close),
});

function drain(inbox: Inbox): Item[] {
  const items: Item[] = [];
  for (let item = inbox.take(); item !== undefined; item = inbox.take()) items.push(item);
  return items;
}

test("keeps closed candles in order, and of the forming ones the latest behind them", () => {
  const inbox = new Inbox();
  const closed = [batch(1, candle("BTC", "1m", 1)), batch(2, candle("BTC", "1m", 2))] as const;
  inbox.put(closed[0]);
  inbox.put(forming(3, 1));
  inbox.put(closed[1]);
  inbox.put(forming(3, 2));
  expect(drain(inbox)).toEqual([...closed, forming(3, 2)]);
  expect(drain(inbox)).toEqual([]);
});

test("drops a forming candle that has closed meanwhile, of its own feed only", () => {
  const inbox = new Inbox();
  const other: Item = { kind: "forming", candle: candle("ETH", "1m", 1) };
  inbox.put(forming(1, 5));
  inbox.put(other);
  const closed = batch(1, candle("BTC", "1m", 1));
  inbox.put(closed);
  expect(drain(inbox)).toEqual([closed, other]);
});

test("byCloseTime() parts candles where the close time changes", () => {
  const first = [candle("BTC", "1m", 1), candle("ETH", "1m", 1)];
  const second = [candle("BTC", "3m", 0), candle("BTC", "1m", 2)];
  expect([...byCloseTime([...first, ...second])]).toEqual([first, second]);
  expect([...byCloseTime([])]).toEqual([]);
});

const fill = (tradeId: number): Fill => ({
  tradeId,
  orderId: 1,
  clientOrderId: null,
  coin: "BTC",
  side: "buy",
  price: 100,
  size: 1,
  timeMs: 0,
  fee: 0,
  closedPnl: 0,
  taker: true,
});
const fillItem = (tradeId: number): Item => ({ kind: "paper-fill", fill: fill(tradeId) });

test("keeps fills on paper in their place among candles; those of the hook that runs come next", () => {
  const inbox = new Inbox();
  const closed = [batch(1, candle("BTC", "1m", 1)), batch(2, candle("BTC", "1m", 2))] as const;
  inbox.put(closed[0]);
  expect(inbox.take()).toEqual(closed[0]);
  inbox.put(fillItem(1));
  inbox.put(closed[1]);
  inbox.put(fillItem(2));
  inbox.putPaperFillNext(fill(3));
  inbox.putPaperFillNext(fill(4));
  expect(drain(inbox)).toEqual([1, 3, 4].map(fillItem).concat(closed[1], fillItem(2)));
});

test("takePaperFill() takes only a fill that waits in front", () => {
  const inbox = new Inbox();
  expect(inbox.takePaperFill()).toBeUndefined();
  inbox.putPaperFillNext(fill(1));
  const closed = batch(1, candle("BTC", "1m", 1));
  inbox.put(closed);
  inbox.put(fillItem(2));
  expect(inbox.takePaperFill()).toEqual(fill(1));
  expect(inbox.takePaperFill()).toBeUndefined();
  expect(drain(inbox)).toEqual([closed, fillItem(2)]);
});

test("a fill keeps its place among the candles", () => {
  const inbox = new Inbox();
  const items: Item[] = [
    batch(1, candle("BTC", "1m", 1)),
    { kind: "fill", seq: 2, fill: fillOf("a", 1, 1) },
    batch(3, candle("BTC", "1m", 2)),
  ];
  inbox.put(forming(3, 1));
  for (const item of items) inbox.put(item);
  expect(drain(inbox)).toEqual([...items, forming(3, 1)]);
});
