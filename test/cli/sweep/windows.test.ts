import { describe, expect, test } from "bun:test";
import { WindowsError } from "#cli/sweep/errors.ts";
import { holdOut, walkForward } from "#cli/sweep/windows.ts";

describe("what is held out", () => {
  test("is the last part, cut where a candle ends", () => {
    expect(holdOut({ fromMs: 0, toMs: 1000 }, 0.3, 10)).toEqual({
      train: { fromMs: 0, toMs: 700 },
      test: { fromMs: 700, toMs: 1000 },
    });
    expect(holdOut({ fromMs: 0, toMs: 100 }, 0.33, 10).test).toEqual({ fromMs: 70, toMs: 100 });
  });
});

describe("windows that walk forward", () => {
  test("test each part of the range once, after what they trained on", () => {
    expect(walkForward({ fromMs: 0, toMs: 170 }, 90, 30)).toEqual([
      { train: { fromMs: 0, toMs: 90 }, test: { fromMs: 90, toMs: 120 } },
      { train: { fromMs: 30, toMs: 120 }, test: { fromMs: 120, toMs: 150 } },
      { train: { fromMs: 60, toMs: 150 }, test: { fromMs: 150, toMs: 170 } },
    ]);
  });

  test("need a range that is longer than one training, and not too many", () => {
    expect(() => walkForward({ fromMs: 0, toMs: 90 }, 90, 30)).toThrow(WindowsError);
    expect(() => walkForward({ fromMs: 0, toMs: 100_000 }, 90, 30)).toThrow(WindowsError);
  });
});
