import { expect, test } from "bun:test";
import { deliveryOrder, gapBetween, readWireCandle, WireCandle } from "#shared/candle.ts";
import { isAligned, openTimeAt, TIMEFRAME_MS, TIMEFRAMES } from "#shared/timeframe.ts";

const wire = {
  t: 1_790_358_600_000,
  T: 1_790_358_659_999,
  s: "BTC",
  i: "1m",
  o: "83765.0",
  c: "83766.5",
  h: "83770.0",
  l: "83756.0",
  v: "0.3317",
  n: 36,
};

/** Anything that JSON may hold, and what lies just beside the limits. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  Number.NaN,
  1_790_358_600_000,
  "",
  "1",
  "-1.5",
  "1.",
  ".5",
  "+1",
  "1e5",
  " 1",
  "1\n",
  "0x1",
  "NaN",
  "BTC",
  "1m",
  "6h",
  "constructor",
  "C".repeat(64),
  "C".repeat(65),
  [],
  ["1"],
  {},
];

test("the hand reads a candle just as the schema does, and refuses what that refuses", () => {
  for (const name of Object.keys(wire)) {
    for (const value of VALUES) {
      const given = { ...wire, [name]: value };
      const told = `${name}: ${JSON.stringify(value)}`;
      expect(readWireCandle(given), told).toEqual(WireCandle.safeParse(given).data);
    }
    const { [name]: _, ...without } = Object.fromEntries(Object.entries(wire));
    expect(readWireCandle(without), `no ${name}`).toBeUndefined();
  }
  for (const value of VALUES) expect(readWireCandle(value)).toBeUndefined();
  expect(readWireCandle({ ...wire, more: 1 })).toEqual(WireCandle.parse(wire));
});

test("a candle of the wire", () => {
  expect(WireCandle.parse(wire)).toEqual({
    coin: "BTC",
    timeframe: "1m",
    openTime: 1_790_358_600_000,
    closeTime: 1_790_358_660_000,
    open: 83_765,
    high: 83_770,
    low: 83_756,
    close: 83_766.5,
    volume: 0.3317,
    trades: 36,
  });
  for (const wrong of [
    { o: 1 },
    { o: "1e5" },
    { o: "NaN" },
    { i: "6h" },
    { t: "0" },
    { n: null },
  ]) {
    expect(WireCandle.safeParse({ ...wire, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
  }
});

const candle = (coin: string, timeframe: "1m" | "5m", closeTime: number) => ({
  coin,
  timeframe,
  openTime: closeTime - TIMEFRAME_MS[timeframe],
  closeTime,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
  trades: 0,
});

test("delivery: by close time, then the longest timeframe, then the coin", () => {
  const ordered = [
    candle("ETH", "1m", 300_000),
    candle("BTC", "5m", 300_000),
    candle("ETH", "5m", 300_000),
    candle("BTC", "1m", 300_000),
    candle("ETH", "1m", 360_000),
  ];
  const shuffled = [4, 3, 0, 2, 1].flatMap((index) => ordered[index] ?? []);
  expect(
    shuffled.toSorted(deliveryOrder).map(({ coin, timeframe }) => `${coin} ${timeframe}`),
  ).toEqual(["BTC 5m", "ETH 5m", "BTC 1m", "ETH 1m", "ETH 1m"]);
});

test("a gap counts its candles, touching candles have none", () => {
  const feed = { coin: "BTC", timeframe: "5m" } as const;
  expect(gapBetween(feed, 300_000, 300_000, "down")).toBeUndefined();
  expect(gapBetween(feed, 300_000, 1_200_000, "down")).toEqual({
    ...feed,
    fromMs: 300_000,
    toMs: 1_200_000,
    count: 3,
    reason: "down",
  });
});

test("timeframes count from the Unix epoch: weeks open on Thursday, months have 30 days", () => {
  const thursday = Date.UTC(2025, 6, 17);
  expect(isAligned("1w", thursday)).toBe(true);
  expect(new Date(thursday).getUTCDay()).toBe(4);
  expect(isAligned("1M", Date.UTC(2025, 5, 11))).toBe(true);
  expect(isAligned("3d", Date.UTC(2025, 6, 23))).toBe(true);
  for (const timeframe of TIMEFRAMES) {
    const at = Date.UTC(2026, 1, 3, 4, 5, 6);
    const open = openTimeAt(timeframe, at);
    expect(isAligned(timeframe, open)).toBe(true);
    expect(at - open).toBeLessThan(TIMEFRAME_MS[timeframe]);
    expect(at - open).toBeGreaterThanOrEqual(0);
  }
});
