import { expect, test } from "bun:test";
import { History } from "#manager/market/history.ts";
import type { Candle } from "#shared/candle.ts";

const candle = (openTime: number, close = 1): Candle => ({
  coin: "BTC",
  timeframe: "1m",
  openTime,
  closeTime: openTime + 10,
  open: 1,
  high: 1,
  low: 1,
  close,
  volume: 1,
  trades: 1,
});
const opens = (candles: readonly Candle[]) => candles.map((one) => one.openTime);

test("it grows at both ends, and knows from when on it has all", () => {
  const history = new History();
  expect(history.covers(100)).toBe(false);
  history.prepend([candle(100), candle(110)], 95);
  history.append(candle(120));
  expect([history.covers(95), history.covers(94)]).toEqual([true, false]);
  // The answer to a question about older ones may hold one that is here.
  history.prepend([candle(80), candle(90), candle(100)], 50);
  expect(opens(history.between(0, 1000))).toEqual([80, 90, 100, 110, 120]);
  expect(opens(history.between(85, 110))).toEqual([90, 100]);
  expect(history.covers(50)).toBe(true);
});

test("a correction replaces its candle and no other", () => {
  const history = new History();
  history.prepend([candle(100), candle(120)], 100);
  history.revise(candle(120, 7));
  history.revise(candle(110, 8));
  expect(history.between(0, 1000)).toEqual([candle(100), candle(120, 7)]);
});

test("it keeps the last ones, and covers no more than it keeps", () => {
  const history = new History();
  history.prepend([], 0);
  for (let openTime = 0; openTime < 1000; openTime += 10) {
    history.append(candle(openTime));
    history.trim(5);
    expect(history.length).toBeLessThanOrEqual(10);
  }
  expect(opens(history.between(960, 1000))).toEqual([960, 970, 980, 990]);
  expect(history.covers(960)).toBe(true);
  expect(history.covers(0)).toBe(false);
});
