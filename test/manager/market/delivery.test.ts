/** One taker's merge. Minutes count from `OPEN_MS`; a candle is named by the minute at which it closes. */
import { describe, expect, test } from "bun:test";
import { type Delivered, Delivery, LAG_WAIT_MS } from "#manager/market/delivery.ts";
import { type Past, planWarmup } from "#manager/market/warmup.ts";
import { type Candle, feedKey, gapBetween } from "#shared/candle.ts";
import { CANDLES_PER_MESSAGE_MAX } from "#shared/child-limits.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";

const OPEN_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const minute = (count: number): number => OPEN_MS + count * MINUTE_MS;

function candle(coin: string, timeframe: Timeframe, closesAt: number): Candle {
  const closeTime = minute(closesAt);
  const openTime = closeTime - TIMEFRAME_MS[timeframe];
  const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1, trades: 1 };
  return { coin, timeframe, openTime, closeTime, ...prices };
}

const past = (
  coin: string,
  timeframe: Timeframe,
  closedUntil: number,
  more: { warmup?: number; handledUntil?: number; wasDown?: boolean } = {},
): Past => ({
  request: { coin, timeframe, warmup: more.warmup ?? 0 },
  handledUntilMs: more.handledUntil === undefined ? null : minute(more.handledUntil),
  wasDown: more.wasDown ?? true,
  closedUntilMs: minute(closedUntil),
});

/** Every candle between, but for those that close at these minutes. */
const allBut =
  (...missing: readonly number[]) =>
  (request: { coin: string; timeframe: Timeframe }, fromMs: number, untilMs: number): Candle[] => {
    const lengthMin = TIMEFRAME_MS[request.timeframe] / MINUTE_MS;
    const candles: Candle[] = [];
    const first = Math.ceil((fromMs - OPEN_MS) / MINUTE_MS / lengthMin) * lengthMin + lengthMin;
    for (let at = first; minute(at) <= untilMs; at += lengthMin) {
      if (!missing.includes(at)) candles.push(candle(request.coin, request.timeframe, at));
    }
    return candles;
  };

/** `warmup BTC 1m@5` or `gap BTC 1m 3..4 down`. */
const words = (given: readonly Delivered[]): string[] =>
  given.map((one) => {
    if (one.kind === "gap") {
      const { gap } = one;
      const [from, to] = [gap.fromMs, gap.toMs].map((ms) => (ms - OPEN_MS) / MINUTE_MS);
      return `gap ${feedKey(gap)} ${from}..${to} ${gap.reason}`;
    }
    const names = one.candles.map(
      (each) => `${feedKey(each)}@${(each.closeTime - OPEN_MS) / MINUTE_MS}`,
    );
    return `${one.phase} ${names.join(" ")}`;
  });

function begun(pasts: readonly Past[], candlesOf = allBut()) {
  const delivery = new Delivery();
  const given = delivery.begin(planWarmup(pasts, minute(0)), candlesOf);
  return { delivery, given: words(given) };
}

const settle = (delivery: Delivery, one: Candle) =>
  delivery.settle(feedKey(one), { kind: "candle", candle: one });

describe("beginning", () => {
  test("the warm-up is merged in delivery order and ends where all feeds are", () => {
    const { given } = begun([
      past("ETH", "1m", 6, { warmup: 2 }),
      past("BTC", "1m", 6, { warmup: 2 }),
      past("BTC", "3m", 6, { warmup: 2 }),
    ]);
    expect(given).toEqual(["warmup BTC 3m@3 BTC 1m@5 ETH 1m@5 BTC 3m@6 BTC 1m@6 ETH 1m@6"]);
  });

  test("what closed in one feed and not yet in another is given live, together", () => {
    const { delivery, given } = begun([
      past("BTC", "1m", 6, { warmup: 2 }),
      past("ETH", "1m", 5, { warmup: 2 }),
    ]);
    expect(given).toEqual(["warmup BTC 1m@4 ETH 1m@4 BTC 1m@5 ETH 1m@5"]);
    expect(words(delivery.release(0))).toEqual([]);
    settle(delivery, candle("ETH", "1m", 6));
    expect(words(delivery.release(0))).toEqual(["live BTC 1m@6 ETH 1m@6"]);
  });

  test("a feed that lags far behind makes no old candle of another live", () => {
    const plans = planWarmup([past("BTC", "1m", 60), past("ETH", "1m", 5)], minute(59));
    expect(plans.map((plan) => (plan.liveFromMs - OPEN_MS) / MINUTE_MS)).toEqual([58, 5]);
  });

  test("what was handled is not live again", () => {
    const { delivery, given } = begun([
      past("BTC", "1m", 6, { handledUntil: 6 }),
      past("ETH", "1m", 5, { handledUntil: 5 }),
    ]);
    expect(given).toEqual([]);
    settle(delivery, candle("ETH", "1m", 6));
    expect(words(delivery.release(0))).toEqual(["live ETH 1m@6"]);
  });

  test("what closed while it was down is caught up with, and named", () => {
    const { given } = begun([past("BTC", "1m", 6, { warmup: 1, handledUntil: 3 })]);
    expect(given).toEqual(["warmup BTC 1m@4 BTC 1m@5 BTC 1m@6", "gap BTC 1m 3..6 down"]);
  });

  test("a feed that was only dropped is warmed up, not caught up with", () => {
    const { given } = begun([past("BTC", "1m", 6, { warmup: 1, handledUntil: 3, wasDown: false })]);
    expect(given).toEqual(["warmup BTC 1m@6"]);
  });

  test("holes in the warm-up are named, also at its end", () => {
    const { given } = begun([past("BTC", "1m", 8, { warmup: 5 })], allBut(5, 8));
    expect(given).toEqual([
      "warmup BTC 1m@4 BTC 1m@6 BTC 1m@7",
      "gap BTC 1m 4..5 unrecoverable",
      "gap BTC 1m 7..8 unrecoverable",
    ]);
  });

  test("a long warm-up comes in pieces", () => {
    const warmup = CANDLES_PER_MESSAGE_MAX + 1;
    const delivery = new Delivery();
    const plans = planWarmup([past("BTC", "1m", 2000, { warmup })], minute(0));
    const sizes = delivery
      .begin(plans, allBut())
      .map((one) => (one.kind === "candles" ? one.candles.length : 0));
    expect(sizes).toEqual([CANDLES_PER_MESSAGE_MAX, 1]);
  });
});

const three = () =>
  begun([past("BTC", "1m", 6), past("BTC", "3m", 6), past("ETH", "1m", 6)]).delivery;

describe("live", () => {
  test("a group waits for every feed that owes a candle by then, and no other", () => {
    const delivery = three();
    settle(delivery, candle("ETH", "1m", 7));
    expect(words(delivery.release(0))).toEqual([]);
    settle(delivery, candle("BTC", "1m", 7));
    expect(words(delivery.release(0))).toEqual(["live BTC 1m@7 ETH 1m@7"]);
    for (const at of [8, 9]) {
      settle(delivery, candle("ETH", "1m", at));
      settle(delivery, candle("BTC", "1m", at));
    }
    expect(words(delivery.release(0))).toEqual(["live BTC 1m@8 ETH 1m@8"]);
    settle(delivery, candle("BTC", "3m", 9));
    expect(words(delivery.release(0))).toEqual(["live BTC 3m@9 BTC 1m@9 ETH 1m@9"]);
  });

  test("a feed that lags is waited for once; its own come in order when they come", () => {
    const delivery = three();
    settle(delivery, candle("BTC", "1m", 7));
    expect(words(delivery.release(1000))).toEqual([]);
    expect(delivery.releasesAtMs).toBe(1000 + LAG_WAIT_MS);
    expect(words(delivery.release(1000 + LAG_WAIT_MS))).toEqual(["live BTC 1m@7"]);
    settle(delivery, candle("BTC", "1m", 8));
    expect(words(delivery.release(60_000))).toEqual(["live BTC 1m@8"]);
    settle(delivery, candle("ETH", "1m", 7));
    expect(words(delivery.release(61_000))).toEqual(["live ETH 1m@7"]);
    settle(delivery, candle("ETH", "1m", 8));
    expect(words(delivery.release(61_000))).toEqual(["live ETH 1m@8"]);
    // It has caught up, and is waited for again.
    settle(delivery, candle("BTC", "3m", 9));
    settle(delivery, candle("BTC", "1m", 9));
    expect(words(delivery.release(120_000))).toEqual([]);
  });

  test("a gap is said before the candle that follows it, and settles what it names", () => {
    const delivery = three();
    const gap = gapBetween({ coin: "ETH", timeframe: "1m" }, minute(6), minute(7), "unrecoverable");
    if (gap === undefined) throw new Error("no gap");
    settle(delivery, candle("BTC", "1m", 7));
    delivery.settle("ETH 1m", { kind: "gap", gap });
    settle(delivery, candle("ETH", "1m", 8));
    expect(words(delivery.release(0))).toEqual(["gap ETH 1m 6..7 unrecoverable", "live BTC 1m@7"]);
    settle(delivery, candle("BTC", "1m", 8));
    expect(words(delivery.release(0))).toEqual(["live BTC 1m@8 ETH 1m@8"]);
  });

  test("a candle that was given is not given again; one that is dropped holds up nobody", () => {
    const delivery = three();
    settle(delivery, candle("BTC", "1m", 6));
    settle(delivery, candle("BTC", "1m", 7));
    settle(delivery, candle("BTC", "1m", 7));
    delivery.drop("ETH 1m");
    expect(words(delivery.release(0))).toEqual(["live BTC 1m@7"]);
    expect(delivery.lastCloseTimeMs("BTC 1m")).toBe(minute(7));
    expect(delivery.has("ETH 1m")).toBe(false);
  });
});
