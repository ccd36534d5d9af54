import { describe, expect, test } from "bun:test";
import {
  type Dues,
  duesAt,
  NO_DUES,
  noteHours,
  settleDues,
  toAsk,
} from "#runner/paper/funding-dues.ts";

const HOUR = 3_600_000;
const held = (coin: string, size: number) => ({ coin, size, price: 100 });
const noted = (hours: number, ...open: Dues["open"]): Dues => ({
  notedUntilMs: hours * HOUR,
  open,
});
const due = (coin: string, hour: number, size = 1) => ({
  ...held(coin, size),
  hourMs: hour * HOUR,
});
const rate = (hour: number) => ({ timeMs: hour * HOUR + 27, rate: hour / 1000 });

describe("hours are noted", () => {
  test("from the first look on, each once, with what was held", () => {
    const first = noteHours(NO_DUES, 10.5 * HOUR, [held("BTC", 1)]);
    expect(first).toEqual(noted(10));
    expect(noteHours(first, 10.9 * HOUR, [held("BTC", 1)])).toBe(first);
    const second = noteHours(first, 12 * HOUR, [held("BTC", 1), held("ETH", -2)]);
    expect(second).toEqual(
      noted(12, due("BTC", 11), due("ETH", 11, -2), due("BTC", 12), due("ETH", 12, -2)),
    );
    expect(noteHours(second, 12 * HOUR + 1, [])).toBe(second);
  });

  test("only the newest 500 of a time that nobody watched", () => {
    const { open } = noteHours(noted(10), 5000 * HOUR, [held("BTC", 1)]);
    expect(open).toHaveLength(500);
    expect(open.at(-1)).toEqual(due("BTC", 5000));
  });

  test("anew in a market that began anew, and only there", () => {
    const dues = noted(100, due("BTC", 100));
    expect(duesAt(dues, 77 * HOUR)).toBe(dues);
    expect(duesAt(dues, 75 * HOUR)).toBe(NO_DUES);
  });
});

test("rates are asked for from the oldest hour on, once they should be published", () => {
  const dues = noted(12, due("BTC", 11), due("BTC", 12), due("ETH", 12));
  expect([...toAsk(dues, 12 * HOUR + 9999)]).toEqual([["BTC", 11 * HOUR]]);
  expect([...toAsk(dues, 12 * HOUR + 10_000)]).toEqual([
    ["BTC", 11 * HOUR],
    ["ETH", 12 * HOUR],
  ]);
});

describe("a published hour", () => {
  const dues = noted(
    14,
    due("BTC", 11),
    due("BTC", 12),
    due("ETH", 12),
    due("BTC", 13),
    due("BTC", 14),
  );

  test("is paid; one that is not yet published stays, one that never was is forgiven", () => {
    const settled = settleDues(dues, "BTC", [rate(11), rate(13)]);
    expect(settled.paid).toEqual([
      { ...due("BTC", 11), ...rate(11) },
      { ...due("BTC", 13), ...rate(13) },
    ]);
    expect(settled.dues).toEqual(noted(14, due("ETH", 12), due("BTC", 14)));
    expect(settleDues(settled.dues, "BTC", [rate(11), rate(13)]).paid).toEqual([]);
  });

  test("that is not there leaves all open", () => {
    expect(settleDues(dues, "BTC", [])).toEqual({ dues, paid: [] });
  });
});
