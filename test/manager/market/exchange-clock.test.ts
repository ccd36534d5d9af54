import { describe, expect, test } from "bun:test";
import {
  addCandle,
  addSample,
  delayUntil,
  type ExchangeClock,
  exchangeTime,
  sampleDelayMs,
  UNSET_CLOCK,
} from "#manager/market/exchange-clock.ts";
import { seededRandom } from "#shared/random.ts";

const EPOCH_MS = Date.UTC(2025, 6, 1);

test("nothing is known before the first sample or candle", () => {
  expect(exchangeTime(UNSET_CLOCK, 5)).toBeNull();
  expect(delayUntil(UNSET_CLOCK, EPOCH_MS, 5)).toBeNull();
});

test("a candle says that it is at least its open time, and a sample says it better", () => {
  const seen = addCandle(UNSET_CLOCK, EPOCH_MS, 100);
  expect(exchangeTime(seen, 150)).toBe(EPOCH_MS + 50);
  const later = addCandle(seen, EPOCH_MS + 60_000, 200);
  expect(exchangeTime(later, 200)).toBe(EPOCH_MS + 60_000);
  expect(addCandle(later, EPOCH_MS, 300)).toBe(later);
  const told = addSample(later, { sentMs: 300, receivedMs: 320, exchangeMs: EPOCH_MS + 70_000 });
  expect(exchangeTime(told, 310)).toBe(EPOCH_MS + 70_000);
});

test("the answer with the shorter way is believed", () => {
  let clock = addSample(UNSET_CLOCK, { sentMs: 0, receivedMs: 20, exchangeMs: EPOCH_MS + 10 });
  clock = addSample(clock, { sentMs: 300, receivedMs: 1900, exchangeMs: EPOCH_MS + 1850 });
  expect(exchangeTime(clock, 2000)).toBe(EPOCH_MS + 2000);
});

describe.each([1, 0.5, 60, 600, 10_000])("an exchange that runs %d times as fast", (speed) => {
  test("100 seeds: its time is known within the longest way there and back", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = seededRandom(seed);
      const wayMsMax = speed === 1 ? 300 : 3;
      let clock: ExchangeClock = UNSET_CLOCK;
      let nowMs = random() * 1e6;
      const truth = (atMs: number) => EPOCH_MS + atMs * speed;
      for (let count = 0; count < 12; count++) {
        nowMs += sampleDelayMs(clock);
        const [there, back] = [random() * wayMsMax, random() * wayMsMax];
        const sample = { sentMs: nowMs, receivedMs: nowMs + there + back };
        clock = addSample(clock, { ...sample, exchangeMs: Math.floor(truth(nowMs + there)) });
        nowMs += there + back;
        if (count < 3) continue;
        const soonMs = nowMs + sampleDelayMs(clock);
        const errorMs = ((exchangeTime(clock, soonMs) ?? 0) - truth(soonMs)) / speed;
        const isNear = Math.abs(errorMs) <= wayMsMax + 12;
        expect({ seed, count, errorMs: isNear ? 0 : errorMs }).toEqual({ seed, count, errorMs: 0 });
      }
      const due = truth(nowMs + 5000);
      expect(Math.abs((delayUntil(clock, due, nowMs) ?? 0) - 5000)).toBeLessThan(wayMsMax + 12);
    }
  });
});

test.each([
  ["forward, or a machine that slept,", 3_600_000],
  ["back", -3_600_000],
])("a clock that was set %s is noticed at the next sample", (_, jumpMs) => {
  let clock: ExchangeClock = UNSET_CLOCK;
  for (const nowMs of [0, 250, 1250, 4250, 14_250]) {
    clock = addSample(clock, {
      sentMs: nowMs,
      receivedMs: nowMs + 20,
      exchangeMs: EPOCH_MS + nowMs,
    });
  }
  clock = addSample(clock, {
    sentMs: 24_250,
    receivedMs: 24_270,
    exchangeMs: EPOCH_MS + 24_250 + jumpMs,
  });
  expect(clock.rate).toBe(1);
  expect(exchangeTime(clock, 24_260)).toBe(EPOCH_MS + 24_250 + jumpMs);
  expect(sampleDelayMs(clock)).toBeLessThan(1000);
});
