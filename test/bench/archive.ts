/** A million candles from the archive into a backtest's snapshot, against the same bytes from a flat file. */
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { columnsOf, sliceColumns } from "#shared/columns.ts";
import { readSnapshot } from "#shared/snapshot.ts";
import { compare, type Measurement } from "#test/bench/measure.ts";
import { fakePast, manyRows, snapshotsOf, tempArchive } from "#test/support/archives.ts";

const CANDLES = 1_000_000;
const MINUTE_MS = 60_000;
const FROM_MS = Date.UTC(2023, 0, 1);
const TO_MS = FROM_MS + CANDLES * MINUTE_MS;
const ROWS_PER_PUT = 8192;
const RUNS = 7;

const INSTRUMENT = { coin: "BTC", assetId: 0, sizeDecimals: 5, maxLeverage: 40, delisted: false };
const REQUEST = {
  feeds: [{ coin: "BTC", timeframe: "1m", warmup: 0 }],
  fromMs: FROM_MS,
  toMs: TO_MS,
  detail: null,
  funding: false,
  allowGaps: false,
  leverage: null,
} as const;

export async function benchArchive(): Promise<Measurement[]> {
  using temp = tempArchive();
  const { archive, folder } = temp;
  const rows = manyRows("1m", FROM_MS, CANDLES);
  for (let begin = 0; begin < CANDLES; begin += ROWS_PER_PUT) {
    const slice = sliceColumns(rows, begin, begin + ROWS_PER_PUT);
    archive.put({ coin: "BTC", timeframe: "1m" }, slice, { kind: "import" });
  }
  archive.keepInstruments([INSTRUMENT]);
  const snapshots = snapshotsOf(archive, fakePast(null), TO_MS);
  const path = join(folder, "pinned");
  const flat = join(folder, "flat");
  const watch = { onFetch: () => {}, signal: new AbortController().signal };
  (await snapshots.pin(REQUEST, flat, watch)).release();
  await snapshots.pin(REQUEST, flat, watch);
  const stalls: number[] = [];
  const load = await compare(
    { what: "1M candles pinned and read", floor: "the flat file copied and read", unit: "ms" },
    RUNS,
    async () => {
      const stall = watchLoop();
      const start = performance.now();
      const pinned = await snapshots.pin(REQUEST, path, watch);
      stalls.push(stall());
      readAll(path);
      const tookMs = performance.now() - start;
      pinned.release();
      return tookMs;
    },
    () => {
      const start = performance.now();
      copyFileSync(flat, path);
      readAll(path);
      return performance.now() - start;
    },
  );
  const stall = await compare(
    { what: "longest stall of the loop meanwhile", floor: "a read of the flat file", unit: "ms" },
    RUNS,
    () => stalls.shift() ?? 0,
    () => {
      const start = performance.now();
      readAll(flat);
      return performance.now() - start;
    },
  );
  if (statSync(flat).size < CANDLES * columnsCount() * Float64Array.BYTES_PER_ELEMENT) {
    throw new Error("the snapshot does not hold every candle");
  }
  return [load, stall];
}

const columnsCount = (): number => Object.keys(columnsOf(() => new Float64Array())).length;

/** As the child of a backtest does it, every number once. */
function readAll(path: string): void {
  const snapshot = readSnapshot(readFileSync(path));
  const sum = snapshot.series[0]?.columns.close.reduce((total, close) => total + close, 0) ?? 0;
  if (!(sum > 0)) throw new Error("the snapshot is empty");
}

/** Returns the longest time, in ms, for which nothing else had a turn since. */
function watchLoop(): () => number {
  let longestMs = 0;
  let isOver = false;
  let lastMs = performance.now();
  const turn = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
    return longestMs;
  };
}
