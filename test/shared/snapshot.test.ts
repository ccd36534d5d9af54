import { describe, expect, test } from "bun:test";
import {
  FUNDING_COLUMNS,
  readSnapshot,
  SERIES_COLUMNS,
  type SnapshotHeader,
  snapshotHead,
} from "#shared/snapshot.ts";

const HEADER: SnapshotHeader = {
  version: 1,
  hash: "00",
  fromMs: 0,
  toMs: 10,
  series: [
    { coin: "BTC", timeframe: "1h", count: 3, source: "exchange" },
    { coin: "ÆTH", timeframe: "1m", count: 0, source: "import" },
  ],
  funding: [{ coin: "BTC", count: 2 }],
  instruments: [],
};

/** Every number of the columns differs: its place in the file. */
function fileOf(header: SnapshotHeader): Uint8Array {
  const numbers =
    header.series.reduce((sum, { count }) => sum + count * SERIES_COLUMNS.length, 0) +
    header.funding.reduce((sum, { count }) => sum + count * FUNDING_COLUMNS.length, 0);
  const columns = Float64Array.from({ length: numbers }, (_, index) => index);
  return new Uint8Array(Buffer.concat([snapshotHead(header), new Uint8Array(columns.buffer)]));
}

describe("a snapshot", () => {
  test("is read as it was written, column by column", () => {
    const { header, series, funding } = readSnapshot(fileOf(HEADER));
    expect(header).toEqual(HEADER);
    expect(series.map(({ columns }) => [...columns.openTime, ...columns.trades])).toEqual([
      [0, 1, 2, 18, 19, 20],
      [],
    ]);
    expect(funding.map(({ timeMs, rate }) => [...timeMs, ...rate])).toEqual([[21, 22, 23, 24]]);
  });

  test("is not copied", () => {
    const file = fileOf(HEADER);
    expect(readSnapshot(file).series[0]?.columns.close.buffer).toBe(file.buffer);
  });

  test("that was cut short is refused", () => {
    expect(() => readSnapshot(fileOf(HEADER).subarray(0, -8))).toThrow();
  });
});
