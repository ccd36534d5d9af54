import { expect, test } from "bun:test";
import { countUntil, Tape } from "#runner/backtest/tape.ts";
import { inferRules } from "#runner/exchange/instruments.ts";
import { seededRandom } from "#shared/random.ts";
import { seriesOf } from "#test/support/backtest.ts";

const MINUTE_MS = 60_000;
const PERP = { coin: "BTC", assetId: 0, delisted: false, ...inferRules(1, 2) };

/** Opens of 100, 101, …, closes half above; no candle at these minutes. */
const tapeOf = (minutes: readonly number[], toMinute: number): Tape =>
  new Tape(
    seriesOf(
      "BTC",
      "1m",
      minutes.map((minute) => {
        const open = 100 + minute;
        return {
          openTime: minute * MINUTE_MS,
          open,
          high: open + 1,
          low: open - 1,
          close: open + 0.5,
        };
      }),
    ),
    PERP,
    toMinute * MINUTE_MS,
  );

test("a tape tells the last close and the next open, and nothing that closes after the run", () => {
  const tape = tapeOf([0, 1, 2, 3], 3);
  expect([tape.count, tape.last]).toEqual([3, Number.NaN]);
  tape.skipTo(MINUTE_MS);
  expect([tape.last, tape.nextOpenMs, tape.nextCloseMs]).toEqual([100.5, MINUTE_MS, 2 * MINUTE_MS]);
  tape.pass();
  tape.pass();
  expect([tape.last, tape.nextOpenMs]).toEqual([102.5, Number.POSITIVE_INFINITY]);
});

test("an order meets the open of the candle that begins now, and nobody in a gap", () => {
  const tape = tapeOf([0, 1, 4], 10);
  tape.skipTo(MINUTE_MS);
  const { bids, asks, mark } = tape.quote(MINUTE_MS, 0.01);
  expect([bids[0]?.price, asks[0]?.price, mark]).toEqual([101 * 0.99, 101 * 1.01, 101]);
  tape.pass();
  expect(tape.quote(2 * MINUTE_MS, 0.01)).toEqual({ bids: [], asks: [], mark: 101.5 });
  expect(tape.nextOpenMs).toBe(4 * MINUTE_MS);
});

test("times are counted as a walk over them counts them", () => {
  const random = seededRandom(5);
  for (let round = 0; round < 300; round++) {
    const count = Math.floor(random() * 20);
    const times = Float64Array.from({ length: count }, () => Math.floor(random() * 30)).toSorted();
    const last = Math.floor(random() * 34) - 2;
    expect(countUntil(times, last)).toBe(times.filter((time) => time <= last).length);
  }
});
