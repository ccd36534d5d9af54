import { expect, test } from "bun:test";
import { IN_FLIGHT_MAX, Outbox } from "#manager/supervisor/outbox.ts";
import type { Candle } from "#shared/candle.ts";
import { seededRandom } from "#shared/random.ts";
import { fillOf } from "#test/support/fills.ts";

const candle = (minute: number, coin = "BTC"): Candle => ({
  coin,
  timeframe: "1m",
  openTime: minute * 60_000,
  closeTime: (minute + 1) * 60_000,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
  trades: 0,
});

test("no more than the window is on its way, the rest waits and loses nothing", () => {
  const outbox = new Outbox();
  for (let minute = 0; minute < IN_FLIGHT_MAX + 5; minute++) {
    outbox.pushCandles("live", [candle(minute)]);
  }
  expect(outbox.take()).toHaveLength(IN_FLIGHT_MAX);
  expect(outbox.take()).toHaveLength(0);
  expect(outbox.liveUnhandled).toBe(IN_FLIGHT_MAX + 5);
  expect(outbox.done(1)).toEqual({ kind: "candles", phase: "live", candles: [candle(0)] });
  expect(outbox.take().map((message) => message.kind)).toEqual(["candles"]);
  expect(outbox.liveUnhandled).toBe(IN_FLIGHT_MAX + 4);
});

test("a child can only say of the message that it owes that it is done", () => {
  const outbox = new Outbox();
  expect(outbox.done(1)).toBeUndefined();
  outbox.pushCandles("warmup", [candle(0)]);
  outbox.pushCandles("warmup", [candle(1)]);
  expect(outbox.done(1)).toBeUndefined();
  outbox.take();
  expect(outbox.done(2)).toBeUndefined();
  expect(outbox.done(1)).toBeDefined();
  expect(outbox.done(1)).toBeUndefined();
});

test("a busy child gets the latest forming candle only, and not one that has closed", () => {
  const outbox = new Outbox();
  outbox.pushCandles("live", [candle(0)]);
  outbox.take();
  outbox.pushForming({ ...candle(1), close: 2 });
  outbox.pushForming({ ...candle(1), close: 3 });
  outbox.pushForming(candle(1, "ETH"));
  expect(outbox.take()).toEqual([]);
  outbox.done(1);
  expect(outbox.take()).toEqual([
    { kind: "forming", candle: { ...candle(1), close: 3 } },
    { kind: "forming", candle: candle(1, "ETH") },
  ]);
  outbox.pushForming(candle(2));
  outbox.pushCandles("live", [candle(2)]);
  expect(outbox.take().map((message) => message.kind)).toEqual(["candles"]);
});

test("gaps keep their place among the candles", () => {
  const outbox = new Outbox();
  const gap = {
    coin: "BTC",
    timeframe: "1m",
    fromMs: 0,
    toMs: 60_000,
    count: 1,
    reason: "down",
  } as const;
  outbox.pushCandles("warmup", [candle(0)]);
  outbox.pushGap(gap);
  outbox.pushCandles("live", [candle(2)]);
  expect(outbox.take().map((message) => message.kind)).toEqual(["candles", "gap", "candles"]);
});

/** A child that takes its time, and what it saw. */
class SlowChild {
  readonly #outbox: Outbox;
  readonly #owed: number[] = [];
  readonly seen: number[] = [];

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  receive(): void {
    for (const message of this.#outbox.take()) {
      if (message.kind !== "candles") continue;
      this.#owed.push(message.seq);
      this.seen.push(message.candles[0]?.openTime ?? -1);
    }
    expect(this.#owed.length).toBeLessThanOrEqual(IN_FLIGHT_MAX);
  }

  handleOne(): void {
    const seq = this.#owed.shift();
    if (seq !== undefined) expect(this.#outbox.done(seq)).toBeDefined();
  }
}

test("random children: every candle is sent once, in order, the window never exceeded", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const outbox = new Outbox();
    const child = new SlowChild(outbox);
    let pushed = 0;
    for (let count = 0; count < 300; count++) {
      const dice = random();
      if (dice < 0.5) outbox.pushCandles("live", [candle(pushed++)]);
      else if (dice < 0.7) child.receive();
      else child.handleOne();
    }
    while (child.seen.length < pushed) {
      child.receive();
      child.handleOne();
    }
    const all = Array.from({ length: pushed }, (_, minute) => minute * 60_000);
    expect(child.seen, `seed ${seed}`).toEqual(all);
  }
});

test("fills keep their place among the candles, and are owed as they are", () => {
  const outbox = new Outbox();
  const fill = fillOf("a", 1, 5);
  outbox.pushCandles("live", [candle(0)]);
  outbox.pushFill(77, fill);
  outbox.pushCandles("live", [candle(1)]);
  const sent = outbox.take();
  expect(sent.map((message) => message.kind)).toEqual(["candles", "fill", "candles"]);
  expect(sent[1]).toEqual({ kind: "fill", seq: 2, fill });
  expect(outbox.liveUnhandled).toBe(2);
  outbox.done(1);
  expect(outbox.done(2)).toEqual({ kind: "fill", id: 77, fill });
  expect(outbox.liveUnhandled).toBe(1);
});

test("held, nothing goes out; what is released first comes before all that waited", () => {
  const outbox = new Outbox();
  outbox.hold();
  outbox.pushCandles("warmup", [candle(0)]);
  outbox.pushForming(candle(1));
  expect(outbox.take()).toEqual([]);
  const fills = [1, 2].map((id) => ({ kind: "fill", id, fill: fillOf("a", id, id) }) as const);
  outbox.release(fills);
  const sent = outbox.take();
  expect(sent.map((message) => message.kind)).toEqual(["fill", "fill", "candles"]);
  for (const seq of [1, 2, 3]) expect(outbox.done(seq)).toBeDefined();
  expect(outbox.take()).toEqual([{ kind: "forming", candle: candle(1) }]);
});
