import { expect, test } from "bun:test";
import { delistedWarnings, originsOf } from "#manager/planner.ts";

test("each param came from the command line, else from the fleet file, else from the class", () => {
  const entry = { params: { coin: "ETH", fast: 5 }, paramsText: { fast: "7" } };
  expect(originsOf(["coin", "fast", "slow"], entry)).toEqual({
    coin: "fleet file",
    fast: "command line",
    slow: "default",
  });
});

const feed = (coin: string, timeframe: "1m" | "1h") => ({ coin, timeframe, warmup: 1 });

test("a strategy that takes a delisted coin is warned of, once for each coin", () => {
  const strategies = [
    { name: "trend", feeds: [feed("BTC", "1m"), feed("BTC", "1h"), feed("ETH", "1h")] },
    { name: "grid", feeds: [feed("ETH", "1m"), feed("SOL", "1m")] },
  ];
  expect(delistedWarnings(strategies, new Set(["BTC", "SOL", "DOGE"]))).toEqual([
    "trend: BTC is delisted: no candle of it comes, no order is taken",
    "grid: SOL is delisted: no candle of it comes, no order is taken",
  ]);
  expect(delistedWarnings(strategies, new Set())).toEqual([]);
});
