import { describe, expect, test } from "bun:test";
import { lookAtClosed, lookAtOpen, type Seen, seenUntil } from "#runner/paper/seen.ts";
import type { Candle } from "#shared/candle.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

const MINUTE_MS = TIMEFRAME_MS["1m"];
const SIZE_DECIMALS = 5;
/** The way through `100 101 97 99`, and through `100 105 99 101`. */
const FALLS = [100, 100.5, 101, 99.7, 98.3, 97, 98, 99];
const RISES = [100, 99.5, 99, 101, 103, 105, 103, 101];

/** The minute's candle of open, high, low, close and volume. */
const minute = (index: number, text: string): Candle => {
  const [open = 0, high = 0, low = 0, close = 0, volume = 0] = text.split(" ").map(Number);
  const openTime = index * MINUTE_MS;
  const closeTime = openTime + MINUTE_MS;
  const corners = { open, high, low, close, volume };
  return { coin: "BTC", timeframe: "1m", openTime, closeTime, ...corners, trades: 1 };
};

/** Looks one after another; the prices of each look. */
function looks(
  before: Seen | undefined,
  ...candles: readonly (readonly ["open" | "closed", Candle])[]
): readonly (readonly number[])[] {
  let seen = before;
  return candles.map(([kind, candle]) => {
    const look = (kind === "open" ? lookAtOpen : lookAtClosed)(seen, candle, SIZE_DECIMALS);
    seen = look.seen;
    return look.prices;
  });
}

const fresh: Seen = { untilMs: 10 * MINUTE_MS, open: null };
const within: Seen = { untilMs: 10 * MINUTE_MS + 5000, open: null };

describe("a closed candle shows", () => {
  test("its path when all of it is new: the nearer of high and low first", () => {
    expect(looks(fresh, ["closed", minute(10, "100 101 97 99 5")])).toEqual([FALLS]);
    expect(looks(fresh, ["closed", minute(10, "100 105 99 101 5")])).toEqual([RISES]);
  });

  test("no opening price when it opened before what was seen", () => {
    expect(looks(within, ["closed", minute(10, "100 101 97 99 5")])).toEqual([FALLS.slice(1)]);
  });

  test("nothing when it closed before what was seen, or has been looked at", () => {
    expect(looks(fresh, ["closed", minute(9, "100 101 97 99 5")])).toEqual([[]]);
    const candle = ["closed", minute(10, "100 101 97 99 5")] as const;
    expect(looks(fresh, candle, candle)[1]).toEqual([]);
  });

  test("nothing when nobody traded in it", () => {
    expect(looks(fresh, ["closed", minute(10, "100 100 100 100 0")])).toEqual([[]]);
  });

  test("only what is beyond what was seen of it while it was open", () => {
    const open = ["open", minute(10, "100 101 97 99 5")] as const;
    expect(looks(fresh, open, ["closed", minute(10, "100 103 97 102 9")])[1]).toEqual([103, 102]);
    expect(looks(fresh, open, ["closed", minute(10, "100 101 97 99 5")])[1]).toEqual([]);
  });

  test("its path when the market's time has begun anew", () => {
    const ahead = { untilMs: 5000 * MINUTE_MS, open: null };
    expect(looks(ahead, ["closed", minute(10, "100 101 97 99 5")])[0]).toEqual(FALLS);
  });
});

describe("an open candle shows", () => {
  test("nothing the first time when it began before what was seen, then what is new", () => {
    expect(
      looks(
        within,
        ["open", minute(10, "100 101 97 99 5")],
        ["open", minute(10, "100 101 97 99 5")],
        ["open", minute(10, "100 101 97 98 6")],
        ["open", minute(10, "100 102 95 96 7")],
      ),
    ).toEqual([[], [], [98], [95, 102, 96]]);
  });

  test("its path the first time when it began after it", () => {
    expect(looks(fresh, ["open", minute(10, "100 101 97 99 5")])).toEqual([FALLS]);
  });

  test("nothing of a coin that was never looked at", () => {
    expect(looks(undefined, ["open", minute(10, "100 101 97 99 5")])).toEqual([[]]);
  });
});

test("seenUntil() only moves on, and keeps the open candle", () => {
  expect(seenUntil(undefined, 5)).toEqual({ untilMs: 5, open: null });
  expect(seenUntil({ untilMs: 9, open: null }, 5)).toEqual({ untilMs: 9, open: null });
  const { seen } = lookAtOpen(fresh, minute(10, "1 1 1 1 1"), SIZE_DECIMALS);
  expect(seenUntil(seen, 11 * MINUTE_MS)).toEqual({ ...seen, untilMs: 11 * MINUTE_MS });
});
