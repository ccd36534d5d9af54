import { describe, expect, test } from "bun:test";
import { Stage } from "#runner/testing.ts";
import { candle, minutes } from "#test/support/live-child.ts";
import Breakout from "../../strategies/breakout.ts";

describe("breakout", () => {
  const params = { coin: "BTC", trend: "3m", entry: "1m", average: 2, channel: 2, notional: 100 };

  test("buys a break of the channel only in an upward trend, and sells a breakdown", async () => {
    using stage = new Stage(Breakout, params);
    await stage.start();
    // Trend: level, so the break at 20 is not bought.
    stage.warmUp([candle("BTC", "3m", 0, 10), candle("BTC", "3m", 1, 10)]);
    stage.warmUp(minutes([10, 10], 6));
    await stage.close(candle("BTC", "1m", 8, 20), candle("BTC", "3m", 2, 10));
    expect(stage.trade.asked).toEqual([]);
    // The longer candle that closes with the entry turns the trend up: it counts at once.
    await stage.close(candle("BTC", "1m", 11, 40), candle("BTC", "3m", 3, 30));
    expect(stage.trade.asked).toEqual([{ kind: "market", side: "buy", size: 2.5 }]);
    await stage.close(candle("BTC", "1m", 12, 45));
    await stage.close(candle("BTC", "1m", 13, 15));
    expect(stage.trade.asked.at(-1)).toEqual({ kind: "market", side: "sell", size: 2.5 });
    expect(stage.strategy.status()).toMatchObject({ headline: "flat" });
  });

  test("refuses a trend that is not longer than the entry", () => {
    expect(() => new Stage(Breakout, { ...params, trend: "1m" })).toThrow(
      "must be longer than entry",
    );
  });
});
