/** Pinning a market: what is there, what is fetched, what is worked out, what is refused. */

import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FetchProgress, SnapshotRequest } from "#manager/archive/snapshot-source.ts";
import { type CandleRow, columnsOfRows, rowAt } from "#shared/columns.ts";
import { KumbhError } from "#shared/errors.ts";
import { readSnapshot } from "#shared/snapshot.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";
import {
  type FakePast,
  fakePast,
  rowsFrom,
  snapshotsOf,
  type TempArchive,
  tempArchive,
  toCandle,
} from "#test/support/archives.ts";
import { errorOf } from "#test/support/error-of.ts";

const HOUR_MS = TIMEFRAME_MS["1h"];
const FROM_MS = Date.UTC(2025, 0, 10);
const NOW_MS = Date.UTC(2025, 1, 1) + 90_000;
const BTC = { coin: "BTC", assetId: 3, sizeDecimals: 5, maxLeverage: 40, delisted: false };

const request = (over: Partial<SnapshotRequest> = {}): SnapshotRequest => ({
  feeds: [{ coin: "BTC", timeframe: "1h", warmup: 10 }],
  fromMs: FROM_MS,
  toMs: FROM_MS + 48 * HOUR_MS,
  detail: null,
  funding: false,
  allowGaps: false,
  leverage: null,
  ...over,
});

function put({ archive }: TempArchive, timeframe: Timeframe, rows: readonly CandleRow[]): void {
  archive.put({ coin: "BTC", timeframe }, columnsOfRows(rows), { kind: "import" });
}

async function pin(temp: TempArchive, fake: FakePast, asked: SnapshotRequest) {
  const progress: FetchProgress[] = [];
  const pinned = await snapshotsOf(temp.archive, fake, NOW_MS, [BTC]).pin(
    asked,
    join(temp.folder, "pinned"),
    { onFetch: (line) => progress.push(line), signal: new AbortController().signal },
  );
  const snapshot = readSnapshot(readFileSync(pinned.path));
  expect(snapshot.header).toEqual(pinned.header);
  const rows = snapshot.series.map(({ columns, count }) =>
    Array.from({ length: count }, (_, index) => rowAt(columns, index)),
  );
  return { pinned, progress, rows, snapshot };
}

test("what is archived is pinned with its warm-up, and the exchange is not asked", async () => {
  using temp = tempArchive();
  temp.archive.keepInstruments([BTC]);
  put(temp, "1h", rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100));
  const fake = fakePast(NOW_MS);
  const { pinned, rows } = await pin(temp, fake, request());
  expect(rows).toEqual([rowsFrom("1h", FROM_MS - 10 * HOUR_MS, 58)]);
  expect(fake.asked).toEqual([]);
  expect(pinned.header.instruments).toEqual([{ instrument: BTC, inferred: false }]);
  expect(pinned.coverage).toEqual([
    {
      coin: "BTC",
      timeframe: "1h",
      from: FROM_MS - 10 * HOUR_MS,
      to: FROM_MS + 48 * HOUR_MS,
      candles: 58,
      coverage: 1,
      gaps: 0,
      source: "import",
    },
  ]);
  pinned.release();
  expect(existsSync(pinned.path)).toBe(false);
});

async function hashOf(parts: readonly (readonly CandleRow[])[]): Promise<string> {
  using temp = tempArchive();
  for (const part of parts) put(temp, "1h", part);
  return (await pin(temp, fakePast(null), request())).pinned.header.hash;
}

test("the same data has the same hash however it came; one number more or less has another", async () => {
  const rows = rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100);
  const whole = await hashOf([rows]);
  expect(await hashOf([rows.slice(50), rows.slice(0, 60)])).toBe(whole);
  const changed = rows.map((row, index) =>
    index === 40 ? { ...row, volume: row.volume + 1 } : row,
  );
  expect(await hashOf([changed])).not.toBe(whole);
});

test("what is missing is fetched, once, and told", async () => {
  using temp = tempArchive();
  const all = rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 200);
  put(temp, "1h", all.slice(0, 40));
  const fake = fakePast(NOW_MS);
  fake.candles = all.map((row) => toCandle("BTC", "1h", row));
  const { rows, pinned, progress } = await pin(temp, fake, request());
  expect(rows).toEqual([all.slice(10, 68)]);
  expect(pinned.coverage[0]?.source).toBe("exchange, import");
  expect(fake.asked).toEqual(["reach", "candles BTC 1h"]);
  expect(progress.at(-1)).toEqual({ what: "BTC 1h", done: 28, total: 28, waits: false });
  expect(pinned.header.instruments).toEqual([{ instrument: BTC, inferred: false }]);
  await pin(temp, fake, request());
  expect(fake.asked.length).toBe(2);
});

test("a wait for the exchange's limit is told, of candles and of funding", async () => {
  using temp = tempArchive();
  const all = rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 200);
  const fake = fakePast(NOW_MS);
  fake.waits = true;
  fake.candles = all.map((row) => toCandle("BTC", "1h", row));
  const { progress } = await pin(temp, fake, request({ funding: true }));
  const told = progress.map(({ what, done, waits }) => [what, done > 0, waits]);
  expect(told).toEqual([
    ["BTC 1h", false, true],
    ["BTC 1h", true, false],
    ["funding of BTC", false, true],
    ["funding of BTC", true, false],
  ]);
});

test("progress is told in whole candles and hours, also up to the middle of an hour", async () => {
  using temp = tempArchive();
  const rows = rowsFrom("1m", NOW_MS - (NOW_MS % 60_000) - 130 * 60_000, 130);
  put(temp, "1m", rows);
  const fake = fakePast(NOW_MS);
  fake.funding = [{ timeMs: NOW_MS - (NOW_MS % HOUR_MS) + 12, rate: 0.000_01 }];
  const feeds = [{ coin: "BTC", timeframe: "1m", warmup: 0 }] as const;
  const asked = request({ feeds, fromMs: null, toMs: null, funding: true });
  const { progress } = await pin(temp, fake, asked);
  const funding = progress.filter(({ what }) => what === "funding of BTC");
  expect(funding.length).toBeGreaterThan(0);
  for (const { done, total } of funding) {
    expect(Number.isInteger(done) && Number.isInteger(total) && done <= total).toBe(true);
  }
});

test("open ends go as far as the data and the exchange go without a gap", async () => {
  using temp = tempArchive();
  const first = FROM_MS - 6000 * HOUR_MS;
  const all = rowsFrom("1h", first, 6600);
  put(temp, "1h", all.slice(0, 5000));
  const fake = fakePast(NOW_MS);
  fake.candles = all.slice(1800).map((row) => toCandle("BTC", "1h", row));
  const open = request({ fromMs: null, toMs: null });
  const { pinned } = await pin(temp, fake, open);
  const lastMs = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS;
  expect([pinned.header.fromMs, pinned.header.toMs]).toEqual([first + 10 * HOUR_MS, lastMs]);
  expect(pinned.coverage[0]?.gaps).toBe(0);
});

test("data that ended long ago is pinned up to its own end", async () => {
  using temp = tempArchive();
  const first = FROM_MS - 20_000 * HOUR_MS;
  put(temp, "1h", rowsFrom("1h", first, 300));
  const { pinned } = await pin(temp, fakePast(NOW_MS), request({ fromMs: null, toMs: null }));
  expect(pinned.header.toMs).toBe(first + 300 * HOUR_MS);
});

test("a longer timeframe is made of a complete shorter one, and says so", async () => {
  using temp = tempArchive();
  put(temp, "5m", rowsFrom("5m", FROM_MS - 10 * HOUR_MS, 58 * 12));
  const fake = fakePast(null);
  const { pinned, rows } = await pin(temp, fake, request());
  expect(pinned.coverage[0]).toMatchObject({ candles: 58, source: "aggregated from 5m" });
  expect(pinned.header.instruments[0]?.inferred).toBe(true);
  const before = rows[0]?.[20];
  // The exchange's own word about one of the shorter ones undoes what was made of it.
  const changed = { ...rowsFrom("5m", FROM_MS + 10 * HOUR_MS, 1)[0], high: 900 };
  temp.archive.keep([toCandle("BTC", "5m", columnsRow(changed))], "feed");
  const again = await pin(temp, fake, request());
  expect(before?.high).toBeLessThan(900);
  expect(again.rows[0]?.[20]?.high).toBe(900);
  expect(again.pinned.header.hash).not.toBe(pinned.header.hash);
});

const columnsRow = (row: Partial<CandleRow>): CandleRow => ({
  openTime: 0,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
  trades: 0,
  ...row,
});

test("details come after the feeds, of every coin, from the start of the first decision", async () => {
  using temp = tempArchive();
  put(temp, "1h", rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100));
  put(temp, "5m", rowsFrom("5m", FROM_MS - HOUR_MS, 60 * 12));
  const halfPast = request({ fromMs: FROM_MS + HOUR_MS / 2, detail: "5m" });
  const { pinned, rows } = await pin(temp, fakePast(null), halfPast);
  expect(pinned.header.series.map((series) => series.timeframe)).toEqual(["1h", "5m"]);
  expect(rows[1]?.[0]?.openTime).toBe(FROM_MS);
  expect(rows[0]?.[0]?.openTime).toBe(FROM_MS - 10 * HOUR_MS);
});

test("funding is fetched in pages, pinned by the hour, and what the exchange has not is not asked again", async () => {
  using temp = tempArchive();
  temp.archive.keepInstruments([BTC]);
  put(temp, "1h", rowsFrom("1h", FROM_MS - 700 * HOUR_MS, 1200));
  const fake = fakePast(NOW_MS);
  fake.funding = Array.from({ length: 1200 }, (_, hour) => ({
    timeMs: FROM_MS + (hour - 700) * HOUR_MS + 37,
    rate: hour / 1e6,
  })).filter((_, hour) => hour !== 200);
  const asked = request({ fromMs: FROM_MS - 600 * HOUR_MS, funding: true });
  const { snapshot } = await pin(temp, fake, asked);
  const [funding] = snapshot.funding;
  expect(funding?.count).toBe(648);
  expect(funding?.timeMs[0]).toBe(FROM_MS - 600 * HOUR_MS);
  expect(funding?.rate[0]).toBe(100 / 1e6);
  expect(fake.asked).toEqual(["reach", "funding BTC", "funding BTC"]);
  await pin(temp, fake, asked);
  expect(fake.asked.length).toBe(3);
});

test("a range that cannot be filled is refused, with what is there and what to type", async () => {
  using temp = tempArchive();
  const rows = rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100);
  put(temp, "1h", [...rows.slice(0, 30), ...rows.slice(33)]);
  const error = await errorOf(pin(temp, fakePast(null), request()));
  expect(`${error.code}\n${error.message}\n${error.remedy}`).toMatchInlineSnapshot(`
    "range_not_filled
    the range cannot be filled:
    BTC 1h is needed from 2025-01-09T14:00Z to 2025-01-12; 3 candles missing: 2025-01-10T10:00Z to 2025-01-10T13:00Z; there: 2025-01-09T04:00Z to 2025-01-10T10:00Z, 2025-01-10T13:00Z to 2025-01-13T08:00Z
    when the exchange answers: \`kumbh candles pull BTC 1h --from 2025-01-10T10:00Z\`; or choose a range that is there with \`--from\` and \`--to\`, or run with \`--allow-gaps\`"
  `);
  const old = await errorOf(
    pin(temp, fakePast(NOW_MS), request({ fromMs: 0, toMs: 48 * HOUR_MS })),
  );
  expect(old.remedy).toContain("kumbh candles import FILE.csv --coin BTC --timeframe 1h");
  const { pinned, rows: found } = await pin(temp, fakePast(null), request({ allowGaps: true }));
  expect(found[0]?.length).toBe(55);
  expect(pinned.coverage[0]).toMatchObject({ candles: 55, gaps: 1, coverage: 55 / 58 });
});

test("an archive without the coin says how to get it", async () => {
  using temp = tempArchive();
  const open = request({ fromMs: null, toMs: null, allowGaps: true });
  const error = await errorOf(pin(temp, fakePast(null), open));
  expect(error.remedy).toContain("kumbh candles pull BTC 1h --from");
  const empty = await errorOf(pin(temp, fakePast(null), request({ allowGaps: true })));
  expect(empty.code).toBe("empty_range");
  expect(existsSync(join(temp.folder, "pinned"))).toBe(false);
  const BTCC = { coin: "btcc", timeframe: "1h", warmup: 0 } as const;
  put(temp, "1h", rowsFrom("1h", FROM_MS, 2));
  const misspelt = await errorOf(pin(temp, fakePast(null), { ...open, feeds: [BTCC] }));
  expect(misspelt.message).toContain('nothing is there; did you mean "BTC"?');
});

test("a leverage that a coin does not have is refused, and nothing is written", async () => {
  using temp = tempArchive();
  temp.archive.keepInstruments([BTC]);
  put(temp, "1h", rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100));
  const error = await errorOf(pin(temp, fakePast(null), request({ leverage: 41 })));
  expect(error.message).toContain("more than the exchange gives for BTC: 40");
  expect(existsSync(join(temp.folder, "pinned"))).toBe(false);
  await pin(temp, fakePast(null), request({ leverage: 40 }));
});

test("candles of another exchange are not seen", async () => {
  using temp = tempArchive("testnet");
  put(temp, "1h", rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100));
  await pin(temp, fakePast(null), request());
  temp.reopen("mainnet");
  const error = await errorOf(pin(temp, fakePast(null), request()));
  expect(error.code).toBe("range_not_filled");
  temp.reopen("testnet");
  await pin(temp, fakePast(null), request());
});

test("an exchange that does not answer is asked once, not for every pinning", async () => {
  using temp = tempArchive();
  put(temp, "1h", rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100));
  const fake = fakePast(null);
  const snapshots = snapshotsOf(temp.archive, fake, NOW_MS);
  const watch = { onFetch: () => {}, signal: new AbortController().signal };
  for (let time = 0; time < 3; time++) {
    (await snapshots.pin(request(), join(temp.folder, "pinned"), watch)).release();
  }
  expect(fake.asked).toEqual(["reach"]);
});

test("a pinning that nobody wants any more leaves no file", async () => {
  using temp = tempArchive();
  temp.archive.keepInstruments([BTC]);
  put(temp, "1h", rowsFrom("1h", FROM_MS - 20 * HOUR_MS, 100));
  const path = join(temp.folder, "pinned");
  const stop = AbortSignal.abort(new KumbhError("stopped", "stopped", "again"));
  const snapshots = snapshotsOf(temp.archive, fakePast(null), NOW_MS);
  const error = await errorOf(snapshots.pin(request(), path, { onFetch: () => {}, signal: stop }));
  expect(error.code).toBe("stopped");
  expect(existsSync(path)).toBe(false);
});
