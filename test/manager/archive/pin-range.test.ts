import { expect, test } from "bun:test";
import { wantedOf } from "#manager/archive/pin-range.ts";
import type { FeedRequest } from "#shared/candle.ts";
import type { Timeframe } from "#shared/timeframe.ts";

const feed = (coin: string, timeframe: Timeframe, warmup = 0): FeedRequest => ({
  coin,
  timeframe,
  warmup,
});

test("each series is wanted once, with its longest warm-up, and then the details of each coin", () => {
  const feeds = [feed("BTC", "1h", 5), feed("BTC", "1h", 30), feed("ETH", "1m")];
  expect(wantedOf({ feeds, detail: "1m" })).toEqual([
    { ...feed("BTC", "1h", 30), isDetail: false },
    { ...feed("ETH", "1m"), isDetail: false },
    { ...feed("BTC", "1m"), isDetail: true },
  ]);
});

test("details that show nothing of any feed are refused", () => {
  const feeds = [feed("BTC", "15m"), feed("BTC", "1h")];
  expect(wantedOf({ feeds, detail: "15m" })).toHaveLength(2);
  for (const detail of ["1h", "4h"] as const) {
    expect(() => wantedOf({ feeds, detail })).toThrow(`candles of ${detail} show nothing`);
  }
});
