import { describe, expect, test } from "bun:test";
import { ageCell, feedsCell, paramsText } from "#cli/view/cells.ts";
import type { FeedView } from "#shared/control-api.ts";
import { NOW_MS } from "#test/support/fleet-fixtures.ts";

const feed = (
  coin: string,
  timeframe: FeedView["timeframe"],
  state: FeedView["state"] = "live",
) => ({
  coin,
  timeframe,
  state,
  lastCloseTime: null,
});

describe("feeds in one cell", () => {
  test("are grouped by coin", () => {
    expect(feedsCell([feed("ETH", "1m"), feed("ETH", "5m"), feed("BTC", "1h")])).toBe(
      "ETH 1m 5m, BTC 1h",
    );
  });

  test("are counted when there are many", () => {
    expect(feedsCell(["A", "B", "C", "D", "E"].map((coin) => feed(coin, "1m")))).toBe(
      "A 1m, B 1m, C 1m, +2",
    );
  });

  test("say the worst of their states", () => {
    expect(feedsCell([feed("A", "1m"), feed("B", "1m", "warming")])).toBe("A 1m, B 1m (warming)");
    expect(feedsCell([feed("A", "1m", "stale"), feed("B", "1m", "warming")])).toBe(
      "A 1m, B 1m (stale)",
    );
    expect(feedsCell([])).toBe("-");
  });
});

test("an age is how long ago, or how far ahead of the clock here", () => {
  expect(ageCell(NOW_MS - 5000, NOW_MS)).toBe("5s ago");
  expect(ageCell(NOW_MS + 60_000, NOW_MS)).toBe("1m ahead");
  expect(ageCell(null, NOW_MS)).toBe("-");
});

test("params stand as they would be typed", () => {
  expect(paramsText({ coin: "BTC", fast: 10, hedge: true, levels: [1, 2] })).toBe(
    "coin=BTC fast=10 hedge=true levels=[1,2]",
  );
});
