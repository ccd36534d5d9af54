/** Archives in a temporary folder, an exchange's past without a network, and made-up candles. */
import { join } from "node:path";
import { Archive } from "#manager/archive/archive.ts";
import { Fetcher } from "#manager/archive/fetcher.ts";
import { ArchiveSnapshots } from "#manager/archive/pin.ts";
import type { ExchangePast } from "#manager/market/open-market.ts";
import type { Candle } from "#shared/candle.ts";
import { systemClock, type UnixMs } from "#shared/clock.ts";
import { type CandleColumns, type CandleRow, columnsOf } from "#shared/columns.ts";
import type { Instrument } from "#shared/instrument.ts";
import { createLog } from "#shared/log.ts";
import { seededRandom } from "#shared/random.ts";
import type { SeriesColumn } from "#shared/snapshot.ts";
import { TIMEFRAME_MS, type Timeframe } from "#shared/timeframe.ts";
import { tempFolder } from "#test/support/temp-home.ts";

export const QUIET = createLog(
  () => 0,
  () => {},
);

export interface TempArchive extends Disposable {
  readonly archive: Archive;
  readonly folder: string;
  readonly path: string;
  /** Closes it and opens it anew, as the next manager does. */
  reopen(place?: string): Archive;
}

export function tempArchive(place = "mainnet"): TempArchive {
  const folder = tempFolder();
  const path = join(folder.path, "archive.db");
  const open = (of: string) => new Archive({ path, place: of, clock: systemClock, log: QUIET });
  let archive = open(place);
  return {
    get archive() {
      return archive;
    },
    folder: folder.path,
    path,
    reopen(of = place) {
      archive.close();
      archive = open(of);
      return archive;
    },
    [Symbol.dispose]() {
      archive.close();
      folder[Symbol.dispose]();
    },
  };
}

/** A row that is valid and that its time and seed tell from every other. */
export function rowOf(openTime: UnixMs, seed = 1): CandleRow {
  const random = seededRandom(seed + (openTime / 60_000) * 7);
  const open = 100 + Math.round(random() * 1000) / 10;
  const close = 100 + Math.round(random() * 1000) / 10;
  return {
    openTime,
    open,
    high: Math.max(open, close) + 1,
    low: Math.min(open, close) - 1,
    close,
    volume: Math.round(random() * 10_000) / 1000,
    trades: Math.round(random() * 100),
  };
}

/** So many rows in a row. */
export const rowsFrom = (
  timeframe: Timeframe,
  fromMs: UnixMs,
  count: number,
  seed = 1,
): CandleRow[] =>
  Array.from({ length: count }, (_, index) =>
    rowOf(fromMs + index * TIMEFRAME_MS[timeframe], seed),
  );

export const toCandle = (coin: string, timeframe: Timeframe, row: CandleRow): Candle => ({
  ...row,
  coin,
  timeframe,
  closeTime: row.openTime + TIMEFRAME_MS[timeframe],
});

/** A walk of a million rows is made in no time. */
export function manyRows(timeframe: Timeframe, fromMs: UnixMs, count: number): CandleColumns {
  const columns = columnsOf(() => new Float64Array(count));
  const put = (name: SeriesColumn, index: number, value: number) => {
    columns[name][index] = value;
  };
  const random = seededRandom(1);
  let price = 50_000;
  for (let index = 0; index < count; index++) {
    const open = price;
    price = Math.max(1000, Math.round(price * (1 + (random() - 0.5) * 0.002)));
    put("openTime", index, fromMs + index * TIMEFRAME_MS[timeframe]);
    put("open", index, open);
    put("high", index, Math.max(open, price) + 5);
    put("low", index, Math.min(open, price) - 5);
    put("close", index, price);
    put("volume", index, Math.round(random() * 1e5) / 1e5);
    put("trades", index, Math.round(random() * 50));
  }
  return columns;
}

/** What an exchange has, and what it was asked for. */
export interface FakePast {
  readonly past: ExchangePast;
  readonly asked: string[];
  candles: Candle[];
  /** Times at which funding was paid, and the rates. */
  funding: { readonly timeMs: UnixMs; readonly rate: number }[];
  /** Its time; null: it does not answer. */
  nowMs: UnixMs | null;
  /** Every request waits for the budget first. */
  waits: boolean;
}

const FUNDING_PER_PAGE = 500;

export function fakePast(nowMs: UnixMs | null): FakePast {
  const fake: FakePast = {
    asked: [],
    candles: [],
    funding: [],
    nowMs,
    waits: false,
    past: {
      reach: async () => {
        fake.asked.push("reach");
        return await Promise.resolve(fake.nowMs);
      },
      candles: async ({ coin, timeframe }, { fromMs, untilMs }, _priority, onWait) => {
        if (fake.waits) onWait?.();
        fake.asked.push(`candles ${coin} ${timeframe}`);
        const rows = fake.candles.filter(
          (candle) =>
            candle.coin === coin &&
            candle.timeframe === timeframe &&
            candle.openTime >= fromMs &&
            candle.openTime < (untilMs ?? Number.POSITIVE_INFINITY),
        );
        return await Promise.resolve({ rows, sentMs: 0 });
      },
      funding: async (coin, fromMs, untilMs, onWait) => {
        if (fake.waits) onWait?.();
        fake.asked.push(`funding ${coin}`);
        const rates = fake.funding.filter(({ timeMs }) => timeMs >= fromMs && timeMs < untilMs);
        return await Promise.resolve(rates.slice(0, FUNDING_PER_PAGE));
      },
    },
  };
  return fake;
}

/** Pinning from an archive, at a time of the test's own. */
export function snapshotsOf(
  archive: Archive,
  fake: FakePast,
  nowMs: UnixMs,
  instruments: readonly Instrument[] = [],
): ArchiveSnapshots {
  const clock = { ...systemClock, now: () => nowMs };
  const fetcher = new Fetcher({ archive, past: fake.past, clock });
  const fetchInstruments = async () => await Promise.resolve(archive.keepInstruments(instruments));
  return new ArchiveSnapshots({ archive, fetcher, fetchInstruments, clock, log: QUIET });
}
