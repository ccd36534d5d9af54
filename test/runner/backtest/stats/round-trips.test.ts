import { describe, expect, test } from "bun:test";
import type { RecordedFill, RecordedFunding, RunRecord } from "#runner/backtest/record.ts";
import { type RoundTrips, roundTrips } from "#runner/backtest/stats/round-trips.ts";
import { fillOf, HOUR_MS, randomRecord, recordOf, START_MS } from "#test/support/backtest-run.ts";

const at = (hour: number): { readonly timeMs: number } => ({ timeMs: START_MS + hour * HOUR_MS });
const free = (hour: number) => ({ ...at(hour), fee: 0 });

function tripsOf(
  fills: readonly RecordedFill[],
  { fundings = [], mark = 100 }: { fundings?: readonly RecordedFunding[]; mark?: number } = {},
): RoundTrips {
  const closes = { BTC: [100, 100, 100, 100, 100, mark], ETH: [10, 10, 10, 10, 10, 10] };
  const spec = { capital: 1000, startMs: START_MS, stepMs: HOUR_MS, closes, fills, fundings };
  return roundTrips(recordOf(spec));
}

describe("a round trip", () => {
  test("averages its entries and is net of the fees of all its fills", () => {
    const { closed, open } = tripsOf([
      fillOf("buy", 2, 100, { ...at(0), fee: 0.2 }),
      fillOf("buy", 1, 106, { ...at(1), fee: 0.1 }),
      fillOf("sell", 3, 110, { ...at(3), fee: 0.3 }),
    ]);
    // Paid 200 + 106 = 306 for 3: 102 each. Got 330. 330 - 306 - 0.6 = 23.4; 23.4 / 306 = 0.07647…
    expect(open).toEqual([]);
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({
      coin: "BTC",
      side: "buy",
      size: 3,
      entryTime: START_MS,
      entryPrice: 102,
      exitTime: START_MS + 3 * HOUR_MS,
      exitPrice: 110,
      funding: 0,
    });
    expect(closed[0]?.pnl).toBeCloseTo(23.4, 10);
    expect(closed[0]?.fees).toBeCloseTo(0.6, 10);
    expect(closed[0]?.returnRatio).toBeCloseTo(23.4 / 306, 12);
  });

  test("of a short wins when the price falls", () => {
    const { closed } = tripsOf([fillOf("sell", 2, 100, free(0)), fillOf("buy", 2, 90, free(1))]);
    expect(closed).toMatchObject([{ side: "sell", pnl: 20, returnRatio: 0.1 }]);
  });

  test("ends where its fill crosses zero; the fee is shared by size", () => {
    const { closed } = tripsOf([
      fillOf("buy", 1, 100, { ...at(0), fee: 0.1 }),
      fillOf("sell", 3, 110, { ...at(1), fee: 0.33 }),
      fillOf("buy", 2, 105, { ...at(2), fee: 0.21 }),
    ]);
    // Long: 110 - 100 - 0.1 - 0.33 / 3 = 9.79. Short of 2: 2 · (110 - 105) - 0.22 - 0.21 = 9.57.
    expect(closed.map(({ side, size }) => [side, size])).toEqual([
      ["buy", 1],
      ["sell", 2],
    ]);
    expect(closed[0]?.pnl).toBeCloseTo(9.79, 10);
    expect(closed[1]?.pnl).toBeCloseTo(9.57, 10);
    expect(closed[1]?.entryTime).toBe(START_MS + HOUR_MS);
  });

  test("goes on while a part is held, and averages its exits", () => {
    const { closed } = tripsOf([
      fillOf("buy", 4, 100, free(0)),
      fillOf("sell", 1, 110, free(1)),
      fillOf("sell", 3, 120, free(2)),
    ]);
    // (110 + 360) / 4 = 117.5; 470 - 400 = 70.
    expect(closed).toMatchObject([{ size: 4, exitPrice: 117.5, pnl: 70, returnRatio: 70 / 400 }]);
  });

  test("has the largest size that it had", () => {
    const { closed } = tripsOf([
      fillOf("buy", 1, 100, free(0)),
      fillOf("buy", 2, 100, free(1)),
      fillOf("sell", 2, 100, free(2)),
      fillOf("buy", 1, 100, free(3)),
      fillOf("sell", 2, 100, free(4)),
    ]);
    expect(closed).toMatchObject([{ size: 3 }]);
  });

  test("that is open is marked, with what its part has won", () => {
    const fills = [fillOf("buy", 2, 100, free(0)), fillOf("sell", 1, 110, free(1))];
    const { closed, open } = tripsOf(fills, { mark: 105 });
    // 10 from the part that was sold, 5 from the one that is held.
    expect(closed).toEqual([]);
    expect(open).toMatchObject([
      { side: "buy", size: 1, entryPrice: 100, markPrice: 105, pnl: 15, returnRatio: 0.075 },
    ]);
  });

  test("ends flat although float sizes do not add up", () => {
    const { closed, open } = tripsOf([
      fillOf("buy", 0.1, 100, free(0)),
      fillOf("buy", 0.2, 100, free(1)),
      fillOf("sell", 0.3, 100, free(2)),
      fillOf("buy", 0.3, 100, free(3)),
      fillOf("sell", 0.1, 100, free(4)),
      fillOf("sell", 0.2, 100, free(5)),
    ]);
    expect(open).toEqual([]);
    expect(closed).toHaveLength(2);
  });

  test("of each coin is its own", () => {
    const { closed } = tripsOf([
      fillOf("buy", 1, 100, free(0)),
      fillOf("sell", 5, 10, { ...free(1), coin: "ETH" }),
      fillOf("buy", 5, 9, { ...free(2), coin: "ETH" }),
      fillOf("sell", 1, 101, free(3)),
    ]);
    expect(closed.map(({ coin, pnl }) => [coin, pnl])).toEqual([
      ["ETH", 5],
      ["BTC", 1],
    ]);
  });
});

const paid = (hour: number, usdc: number): RecordedFunding => ({
  coin: "BTC",
  ...at(hour),
  paid: usdc,
});

describe("a funding", () => {
  test("is of the position held at its hour, before the fills of the same ms", () => {
    const fills = [
      fillOf("buy", 1, 100, free(0)),
      fillOf("sell", 2, 100, free(2)),
      fillOf("buy", 1, 100, free(4)),
    ];
    const fundings = [paid(1, 0.5), paid(2, 0.25), paid(3, -1)];
    const { closed } = tripsOf(fills, { fundings });
    expect(closed.map(({ funding, pnl }) => [funding, pnl])).toEqual([
      [0.75, -0.75],
      [-1, 1],
    ]);
  });

  test("in the very ms of the entry is of that position", () => {
    const fills = [fillOf("buy", 1, 100, free(1))];
    const { open } = tripsOf(fills, { fundings: [paid(1, 0.5)] });
    expect(open).toMatchObject([{ funding: 0.5, pnl: -0.5 }]);
  });

  test("of no position at all is a bug of the run", () => {
    expect(() => tripsOf([], { fundings: [paid(1, 0.5)] })).toThrow("a funding is of a position");
  });
});

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe.each(Array.from({ length: 25 }, (_, seed) => seed))("random trips of seed %i", (seed) => {
  const record: RunRecord = randomRecord({ seed, steps: 800, coins: ["BTC", "ETH", "SOL"] });
  const { closed, open } = roundTrips(record);
  const all = [...closed, ...open];

  test("make the change of the account, to the last cent", () => {
    const change = (record.equity.at(-1) ?? 0) - record.capital;
    expect(sum(all.map(({ pnl }) => pnl))).toBeCloseTo(change, 6);
  });

  test("share out every fee and every funding", () => {
    expect(sum(all.map(({ fees }) => fees))).toBeCloseTo(
      sum(record.fills.map(({ fee }) => fee)),
      8,
    );
    const total = sum(record.fundings.map((funding) => funding.paid));
    expect(sum(all.map(({ funding }) => funding))).toBeCloseTo(total, 8);
  });

  test("end in the order of time, and leave what the run left", () => {
    const exits = closed.map(({ exitTime }) => exitTime);
    expect(exits).toEqual(exits.toSorted((a, b) => a - b));
    const held = new Map(open.map(({ coin, side, size }) => [coin, side === "buy" ? size : -size]));
    expect(held).toEqual(new Map(record.open.map(({ coin, size }) => [coin, size])));
  });
});
