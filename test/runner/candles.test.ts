import { describe, expect, test } from "bun:test";
import { ColumnWindow, WINDOW_CANDLES_DEFAULT, Windows } from "#runner/candles.ts";
import type { Candle } from "#shared/candle.ts";
import { candle } from "#test/support/live-child.ts";

const FEED = { coin: "BTC", timeframe: "1m" } as const;

describe("a window", () => {
  test("is the newest candles of all that were pushed, whatever its capacity", () => {
    for (const capacity of [1, 2, 3, 7, 50]) {
      const window = new ColumnWindow(FEED, capacity);
      const all: Candle[] = [];
      for (let index = 0; index < 6 * capacity + 3; index++) {
        const next = { ...candle("BTC", "1m", index), close: index * 1.5, volume: index % 4 };
        all.push(next);
        window.push(next);
        const kept = all.slice(-capacity);
        const where = `capacity ${capacity}, candle ${index}`;
        expect(window.length, where).toBe(kept.length);
        expect(window.latest, where).toEqual(next);
        for (const count of [0, 1, Math.ceil(capacity / 2), capacity, capacity + 5]) {
          const wanted = count === 0 ? [] : kept.slice(-count);
          expect(window.last(count), where).toEqual(wanted);
          expect([...window.closes(count)], where).toEqual(wanted.map(({ close }) => close));
          expect([...window.highs(count)], where).toEqual(wanted.map(({ high }) => high));
          expect([...window.lows(count)], where).toEqual(wanted.map(({ low }) => low));
          expect([...window.opens(count)], where).toEqual(wanted.map(({ open }) => open));
          expect([...window.volumes(count)], where).toEqual(wanted.map(({ volume }) => volume));
        }
      }
    }
  });

  test("gives columns without a copy", () => {
    const window = new ColumnWindow(FEED, 10);
    for (let index = 0; index < 5; index++) window.push(candle("BTC", "1m", index));
    expect(window.closes(3).buffer).toBe(window.closes(1).buffer);
  });

  test("refuses a count that is none", () => {
    const window = new ColumnWindow(FEED, 10);
    for (const count of [-1, 1.5, Number.NaN]) {
      expect(() => window.closes(count)).toThrow("the count must be a whole number, 0 or more");
    }
    expect(window.latest).toBeUndefined();
  });
});

describe("the windows of a strategy", () => {
  test("keep the warm-up and the candle after it, and some more", () => {
    const windows = new Windows();
    windows.take({ ...FEED, warmup: 0 });
    windows.take({ coin: "ETH", timeframe: "1m", warmup: 800 });
    for (let index = 0; index < 1000; index++) {
      windows.push(candle("BTC", "1m", index));
      windows.push(candle("ETH", "1m", index));
    }
    expect(windows.of("BTC", "1m").length).toBe(WINDOW_CANDLES_DEFAULT);
    expect(windows.of("ETH", "1m").length).toBe(801);
  });

  test("name the near feed when one was not taken", () => {
    const windows = new Windows();
    windows.take({ ...FEED, warmup: 0 });
    expect(() => windows.of("BTC", "1h")).toThrow(
      'no candles of BTC 1h: the strategy takes BTC 1m; did you mean "BTC 1m"?',
    );
    expect(() => new Windows().of("BTC", "1h")).toThrow("the strategy takes none");
  });

  test("forget a feed that is dropped, and take no candle of it", () => {
    const windows = new Windows();
    expect(windows.take({ ...FEED, warmup: 0 })).toBe(true);
    expect(windows.take({ ...FEED, warmup: 0 })).toBe(false);
    expect(windows.drop(FEED)).toBe(true);
    expect(windows.drop(FEED)).toBe(false);
    windows.push(candle("BTC", "1m", 1));
    expect(windows.has(FEED)).toBe(false);
  });
});

test("finest() is the shortest timeframe that is held of a coin", () => {
  const windows = new Windows();
  for (const timeframe of ["1h", "5m", "1d"] as const) {
    windows.take({ coin: "BTC", timeframe, warmup: 0 });
  }
  windows.take({ coin: "ETH", timeframe: "1m", warmup: 0 });
  expect(windows.finest("BTC")).toBe("5m");
  windows.drop({ coin: "BTC", timeframe: "5m" });
  expect(windows.finest("BTC")).toBe("1h");
  expect(windows.finest("SOL")).toBeUndefined();
});
