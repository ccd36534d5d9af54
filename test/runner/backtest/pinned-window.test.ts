import { describe, expect, test } from "bun:test";
import { PinnedWindow } from "#runner/backtest/pinned-window.ts";
import { ColumnWindow } from "#runner/candles.ts";
import { seededRandom } from "#shared/random.ts";
import { type Bar, seriesOf } from "#test/support/backtest.ts";
import { candle } from "#test/support/live-child.ts";

const COUNT = 300;
const bars = (count: number): Bar[] =>
  Array.from({ length: count }, (_, index) => {
    const { openTime, open, high, low, close } = candle("BTC", "1m", index, 100 + index);
    return { openTime, open, high, low, close, volume: index % 7 };
  });
const SERIES = seriesOf("BTC", "1m", bars(COUNT));

describe("a window over pinned candles", () => {
  test("shows what a live one shows, whatever is looked at and when", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const capacity = 1 + Math.floor(random() * 20);
      const from = Math.floor(random() * 50);
      const live = new ColumnWindow({ coin: "BTC", timeframe: "1m" }, capacity);
      const pinned = new PinnedWindow(SERIES, capacity, from);
      for (let index = from; index < COUNT; index++) {
        const { volume = 0 } = bars(index + 1)[index] ?? {};
        live.push({ ...candle("BTC", "1m", index, 100 + index), volume, trades: 1 });
        pinned.push();
        if (random() < 0.7) continue;
        const count = Math.floor(random() * (capacity + 3));
        const where = `seed ${seed}, candle ${index}, ${count} of ${capacity}`;
        expect(pinned.length, where).toBe(live.length);
        expect(pinned.latest, where).toEqual(live.latest);
        expect(pinned.last(count), where).toEqual(live.last(count));
        expect(pinned.closes(count), where).toEqual(live.closes(count));
        expect(pinned.opens(count), where).toEqual(live.opens(count));
        if (random() < 0.5) continue;
        expect(pinned.highs(count), where).toEqual(live.highs(count));
        expect(pinned.lows(count), where).toEqual(live.lows(count));
        expect(pinned.volumes(count), where).toEqual(live.volumes(count));
      }
    }
  });

  test("is empty before the first candle closes", () => {
    const window = new PinnedWindow(SERIES, 5, 3);
    expect([window.length, window.latest, window.last(3), window.closes(3).length]).toEqual([
      0,
      undefined,
      [],
      0,
    ]);
    expect(() => window.closes(-1)).toThrow("the count must be a whole number, 0 or more");
  });

  test("shows nobody the future, not even behind a view", () => {
    const window = new PinnedWindow(SERIES, 10, 0);
    for (let index = 0; index < 12; index++) {
      window.push();
      const all = new Float64Array(window.closes(3).buffer);
      expect(Math.max(...all)).toBe(window.latest?.close ?? Number.NaN);
    }
  });

  test("lets nobody change the market by what he does to a view", () => {
    const before = SERIES.columns.close.slice();
    const window = new PinnedWindow(SERIES, 10, 0);
    for (let index = 0; index < 10; index++) window.push();
    window.closes(10).sort((a, b) => b - a);
    window.closes(10).fill(0);
    expect(SERIES.columns.close).toEqual(before);
    expect(window.latest?.close).toBe(SERIES.columns.close[9] ?? Number.NaN);
  });
});
