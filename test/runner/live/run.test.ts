/** Fills, as a live child is told of them. */
import { expect, test } from "bun:test";
import { fillOf } from "#test/support/fills.ts";
import { candle, LiveChild } from "#test/support/live-child.ts";
import { untilTrue } from "#test/support/until.ts";

test("tells of fills in order with the candles, and says done of each", async () => {
  using live = new LiveChild();
  await live.ready();
  live.sendFill(fillOf("probe", 5, 1));
  live.send("live", candle("BTC", "1m", 1));
  const last = live.sendFill(fillOf("probe", 4, 2));
  await live.said("done", ({ seq }) => seq === last);
  expect(live.logged().slice(1)).toEqual([
    "onFill 5 | ",
    "onCandle BTC 1m 1 | BTC 1m=1",
    "onFill 4 | 1",
  ]);
});

test("a fill whose hook runs when it is to stop is done, the next one is not", async () => {
  using live = new LiveChild({ params: { waitMs: 200 } });
  await live.ready();
  const first = live.sendFill(fillOf("probe", 1, 1));
  const second = live.sendFill(fillOf("probe", 2, 2));
  await untilTrue("in the hook", () => live.logged().includes("onFill 1 | "));
  live.stop("asked");
  expect(await live.child.ended()).toBe(0);
  expect(live.logged().slice(1)).toEqual(["onFill 1 | ", "onFill waited", "onStop asked"]);
  await live.said("done", ({ seq }) => seq === first);
  expect(live.child.messages).not.toContainEqual({ kind: "done", seq: second });
});
