import { expect, test } from "bun:test";
import { Aggregator, basesOf } from "#manager/archive/aggregate.ts";
import { type CandleRow, columnsOfRows } from "#shared/columns.ts";
import { seededRandom } from "#shared/random.ts";
import { TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from "#shared/timeframe.ts";
import { rowsFrom } from "#test/support/archives.ts";

const START_MS = Date.UTC(2025, 0, 1) + 7 * 60_000;

/** As slow and as plain as it can be. */
function naive(rows: readonly CandleRow[], base: Timeframe, timeframe: Timeframe): CandleRow[] {
  const lengthMs = TIMEFRAME_MS[timeframe];
  const groups = Map.groupBy(rows, (row) => Math.floor(row.openTime / lengthMs) * lengthMs);
  return [...groups].flatMap(([openTime, group]) => {
    const [first, last] = [group[0], group.at(-1)];
    const isWhole = group.length === lengthMs / TIMEFRAME_MS[base];
    if (!isWhole || first === undefined || last === undefined) return [];
    return [
      {
        openTime,
        open: first.open,
        high: Math.max(...group.map((row) => row.high)),
        low: Math.min(...group.map((row) => row.low)),
        close: last.close,
        volume: group.reduce((sum, row) => sum + row.volume, 0),
        trades: group.reduce((sum, row) => sum + row.trades, 0),
      },
    ];
  });
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "longer candles are those of the naive way, and only whole ones: seed %p",
  (seed) => {
    const random = seededRandom(seed);
    const [base, timeframe] = (
      [
        ["1m", "5m"],
        ["1m", "15m"],
        ["5m", "1h"],
        ["1h", "1d"],
      ] as const
    )[seed % 4] ?? ["1m", "5m"];
    const fromMs = Math.ceil(START_MS / TIMEFRAME_MS[base]) * TIMEFRAME_MS[base];
    const rows = rowsFrom(base, fromMs, 300, seed).filter(() => random() < 0.995);
    const aggregator = new Aggregator(base, timeframe);
    const found: CandleRow[] = [];
    for (let begin = 0; begin < rows.length; ) {
      const end = begin + 1 + Math.floor(random() * 70);
      found.push(...aggregator.push(columnsOfRows(rows.slice(begin, end))));
      begin = end;
    }
    expect(found).toEqual(naive(rows, base, timeframe));
    expect(found.length).toBeGreaterThan(0);
  },
);

test("a timeframe is only made of those that divide it, the longest first", () => {
  expect(basesOf("1w")).toEqual([
    "1d",
    "12h",
    "8h",
    "4h",
    "2h",
    "1h",
    "30m",
    "15m",
    "5m",
    "3m",
    "1m",
  ]);
  expect(basesOf("1m")).toEqual([]);
  for (const timeframe of TIMEFRAMES) {
    for (const base of basesOf(timeframe)) {
      expect(TIMEFRAME_MS[timeframe] % TIMEFRAME_MS[base]).toBe(0);
    }
  }
});
