/** The archive's routes: what is there, rows in, rows out, what is recorded, what is fetched. */
import type { Archive } from "#manager/archive/archive.ts";
import type { SeriesName, SeriesSummary } from "#manager/archive/candle-store.ts";
import { describeSources, NOTHING_MERGED, sumMerges } from "#manager/archive/chunk.ts";
import { BadRowsError, NoCandlesError } from "#manager/archive/errors.ts";
import { hourOf } from "#manager/archive/fetcher.ts";
import { Pace } from "#manager/archive/pace.ts";
import type { Puller } from "#manager/archive/puller.ts";
import type { Recorder } from "#manager/archive/recorder.ts";
import { exchangeWindow } from "#manager/archive/window.ts";
import { type Handlers, on } from "#manager/control/handlers.ts";
import { onStream, type StreamHandlers } from "#manager/control/stream.ts";
import { ARCHIVE_ROWS_MAX, type PutResult, type SeriesView } from "#shared/archive.ts";
import type { Coin } from "#shared/candle.ts";
import { candleProblem, fundingProblem } from "#shared/candle-rules.ts";
import type { Clock, UnixMs } from "#shared/clock.ts";
import {
  type CandleColumns,
  columnsOf,
  packCandles,
  rowAt,
  rowsOf,
  sliceColumns,
  unpackCandles,
  unpackColumns,
  valueAt,
} from "#shared/columns.ts";
import { ROUTES } from "#shared/control-api.ts";
import { STREAMS } from "#shared/control-streams.ts";
import { FUNDING_COLUMNS } from "#shared/snapshot.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

/** Rows that are checked and written in one go: some ms of work. */
const ROWS_PER_SLICE = 4096;
/** The same of funding, which lies in rows of its own. */
const HOURS_PER_SLICE = 1000;

export interface ArchiveRouteOptions {
  readonly archive: Archive;
  readonly recorder: Recorder;
  readonly puller: Puller;
  readonly clock: Clock;
}

export function archiveHandlers({ archive, recorder, clock }: ArchiveRouteOptions): Handlers {
  const recorded = () => ({ feeds: recorder.list() });
  return new Map([
    on(ROUTES.candles, () => {
      archive.flush();
      return {
        series: archive.candles
          .list()
          .map((summary) => viewOf(summary, recorder.isRecorded(summary), clock.now())),
        funding: archive.notes
          .listFunding()
          .map(({ coin, fromMs, toMs, count }) => ({ coin, from: fromMs, to: toMs, count })),
      };
    }),
    on(ROUTES.readCandles, ({ coin, timeframe, fromMs, toMs }) =>
      readRows(archive, { coin, timeframe }, { fromMs, toMs }),
    ),
    on(ROUTES.importCandles, async ({ coin, timeframe, rows }) => {
      return await importRows(archive, { coin, timeframe }, unpackCandles(rows));
    }),
    on(ROUTES.importFunding, async ({ coin, rows }) => {
      return await importRates(archive, coin, unpackColumns(rows, FUNDING_COLUMNS.length));
    }),
    on(ROUTES.recorded, recorded),
    on(ROUTES.record, async (name) => {
      await recorder.add(name);
      return recorded();
    }),
    on(ROUTES.unrecord, (name) => {
      recorder.remove(name);
      return recorded();
    }),
  ]);
}

export const archiveStreams = ({ puller }: ArchiveRouteOptions): StreamHandlers =>
  new Map([onStream(STREAMS.pull, (request, signal) => puller.pull(request, signal))]);

function viewOf(summary: SeriesSummary, recorded: boolean, nowMs: UnixMs): SeriesView {
  const { coin, timeframe, fromMs, toMs, count, gaps, sources, hasTrades } = summary;
  const window = exchangeWindow(timeframe, nowMs);
  return {
    coin,
    timeframe,
    from: fromMs,
    to: toMs,
    count,
    coverage: count / ((toMs - fromMs) / TIMEFRAME_MS[timeframe]),
    gaps,
    source: describeSources(sources),
    beyondMs: Math.max(0, window.fromMs - fromMs),
    recorded,
    hasTrades,
  };
}

/** Whole chunks until a request is full. */
function readRows(
  archive: Archive,
  name: SeriesName,
  range: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
): { readonly rows: string; readonly nextMs: UnixMs | null } {
  archive.flush();
  if (archive.candles.summary(name) === undefined) throw new NoCandlesError(name);
  const parts: CandleColumns[] = [];
  let count = 0;
  for (const { columns } of archive.candles.read(name, range)) {
    if (count + rowsOf(columns) > ARCHIVE_ROWS_MAX) {
      return { rows: packCandles(concat(parts)), nextMs: valueAt(columns.openTime, 0) };
    }
    parts.push(columns);
    count += rowsOf(columns);
  }
  return { rows: packCandles(concat(parts)), nextMs: null };
}

function concat(parts: readonly CandleColumns[]): CandleColumns {
  const count = parts.reduce((sum, part) => sum + rowsOf(part), 0);
  return columnsOf((name) => {
    const column = new Float64Array(count);
    let at = 0;
    for (const part of parts) {
      column.set(part[name], at);
      at += rowsOf(part);
    }
    return column;
  });
}

/** All rows are checked before the first is written. */
async function importRows(
  archive: Archive,
  name: SeriesName,
  columns: CandleColumns | undefined,
): Promise<PutResult> {
  if (columns === undefined) throw new BadRowsError("they are no columns of candles");
  const pace = new Pace();
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rowsOf(columns); row++) {
    const candle = rowAt(columns, row);
    const problem = candleProblem(candle, name.timeframe);
    if (problem !== null) throw new BadRowsError(problem);
    if (candle.openTime <= lastMs) throw new BadRowsError("their times do not rise");
    lastMs = candle.openTime;
    if (row % ROWS_PER_SLICE === 0) await pace.step();
  }
  let total = NOTHING_MERGED;
  for (let begin = 0; begin < rowsOf(columns); begin += ROWS_PER_SLICE) {
    const slice = sliceColumns(columns, begin, begin + ROWS_PER_SLICE);
    total = sumMerges(total, archive.put(name, slice, { kind: "import" }));
    await pace.step();
  }
  return total;
}

async function importRates(
  archive: Archive,
  coin: Coin,
  columns: readonly Float64Array[] | undefined,
): Promise<PutResult> {
  const [times, rates] = columns ?? [];
  if (times === undefined || rates === undefined) {
    throw new BadRowsError("they are no columns of funding");
  }
  const hours = [...times].map((timeMs, index) => ({
    hourMs: hourOf(timeMs),
    rate: valueAt(rates, index),
  }));
  for (const { hourMs, rate } of hours) {
    const problem = fundingProblem(hourMs, rate);
    if (problem !== null) throw new BadRowsError(problem);
  }
  const pace = new Pace();
  let added = 0;
  for (let begin = 0; begin < hours.length; begin += HOURS_PER_SLICE) {
    const slice = hours.slice(begin, begin + HOURS_PER_SLICE);
    added += archive.notes.putFunding(coin, slice, "import");
    await pace.step();
  }
  return { ...NOTHING_MERGED, added, same: hours.length - added };
}
