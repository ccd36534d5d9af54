import { describe, expect, test } from "bun:test";
import { partOf } from "#runner/backtest/part.ts";
import { type Bar, snapshotOf } from "#test/support/backtest.ts";

const START = Date.UTC(2025, 6, 1);
const HOUR_MS = 3_600_000;
const bars = (lengthMs: number, count: number): Bar[] =>
  Array.from({ length: count }, (_, index) => ({
    openTime: START + index * lengthMs,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
  }));

const MARKET = snapshotOf({
  series: [
    { coin: "BTC", timeframe: "1h", bars: bars(HOUR_MS, 48) },
    { coin: "BTC", timeframe: "4h", bars: bars(4 * HOUR_MS, 12) },
    { coin: "ETH", timeframe: "1h", bars: bars(HOUR_MS, 48) },
    { coin: "BTC", timeframe: "1m", bars: bars(60_000, 60) },
    { coin: "ETH", timeframe: "1m", bars: bars(60_000, 60) },
  ],
  funding: [
    { coin: "BTC", hours: [] },
    { coin: "ETH", hours: [] },
  ],
});
const ALL = { fromMs: null, toMs: null, detail: null };
const namesOf = (part: typeof MARKET) =>
  part.series.map(({ coin, timeframe }) => `${coin} ${timeframe}`);

describe("the part of a market that a run is about", () => {
  test("has the feeds of the run, and nothing of other coins", () => {
    const part = partOf(MARKET, [{ coin: "BTC", timeframe: "4h", warmup: 2 }], ALL);
    expect(namesOf(part)).toEqual(["BTC 4h"]);
    expect(part.header.series).toMatchObject([{ coin: "BTC", timeframe: "4h", count: 12 }]);
    expect(part.header.instruments.map(({ instrument }) => instrument.coin)).toEqual(["BTC"]);
    expect(part.funding.map(({ coin }) => coin)).toEqual(["BTC"]);
  });

  test("has the details of its coins", () => {
    const feeds = [{ coin: "ETH", timeframe: "1h", warmup: 0 }] as const;
    const part = partOf(MARKET, feeds, { ...ALL, detail: "1m" });
    expect(namesOf(part)).toEqual(["ETH 1h", "ETH 1m"]);
  });

  test("has the range of the run, and that of the market where none was said", () => {
    const feeds = [{ coin: "BTC", timeframe: "1h", warmup: 0 }] as const;
    const { header } = partOf(MARKET, feeds, { ...ALL, fromMs: START + HOUR_MS });
    expect([header.fromMs, header.toMs]).toEqual([START + HOUR_MS, MARKET.header.toMs]);
  });

  test("of a market that was pinned for one run is all of it", () => {
    const feeds = MARKET.series.map(({ coin, timeframe }) => ({ coin, timeframe, warmup: 0 }));
    const part = partOf(MARKET, feeds, ALL);
    expect(part.series).toEqual([...MARKET.series]);
    expect(part.header.instruments).toEqual(MARKET.header.instruments);
  });
});
