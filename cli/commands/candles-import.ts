/**
 * The file is read and checked here and sent in batches: the manager is not blocked by a large one, needs
 * no access to it, and may be on another machine.
 */
import { CandleCsv, type CsvOptions, FundingCsv, type Skipped } from "#cli/candle-csv.ts";
import { connect } from "#cli/connect.ts";
import { type Context, type ExitCode, INTERRUPTED } from "#cli/context.ts";
import { readLines } from "#cli/csv-file.ts";
import { interruptible } from "#cli/interruptible.ts";
import { print, printRemark, printWarnings } from "#cli/output.ts";
import { ProgressDisplay, type Said } from "#cli/progress.ts";
import { currentScreen } from "#cli/screen.ts";
import { readCoin, readSeries } from "#cli/series.ts";
import type { ImportFlags, ImportFundingFlags } from "#cli/verbs/candles.ts";
import { describeImport, describeImportedSoFar, describeSkipped } from "#cli/view/candles.ts";
import { wrap } from "#cli/view/text.ts";
import { ARCHIVE_ROWS_MAX, type PutResult } from "#shared/archive.ts";
import { packCandles, packColumns, rowsOf, sliceColumns, valueAt } from "#shared/columns.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";

const HOUR_MS = 3_600_000;

export async function candlesImport(
  context: Context,
  file: string,
  flags: ImportFlags,
): Promise<ExitCode> {
  const name = readSeries(flags.coin, flags.timeframe);
  const csv = new CandleCsv(optionsOf(file, flags), name.timeframe);
  await readLines(file, (line) => csv.line(line));
  const columns = csv.finish();
  await warnOfSkipped(csv.skipped);
  const client = await connect(context);
  const work = { what: "importing", total: rowsOf(columns), unit: "candles" };
  const put = await putAll(work, async (begin, end) => {
    const rows = packCandles(sliceColumns(columns, begin, end));
    return await client.call("importCandles", { ...name, rows });
  });
  const what = { one: "candle", many: "candles", of: `${name.coin} ${name.timeframe}` };
  const span = spanOf(columns.openTime, TIMEFRAME_MS[name.timeframe]);
  return await tell(put, work.total, (sum) => describeImport(what, { ...span, ...context }, sum));
}

export async function candlesImportFunding(
  context: Context,
  file: string,
  flags: ImportFundingFlags,
): Promise<ExitCode> {
  const coin = readCoin(flags.coin);
  const csv = new FundingCsv(optionsOf(file, flags));
  await readLines(file, (line) => csv.line(line));
  const [times, rates] = csv.finish();
  await warnOfSkipped(csv.skipped);
  const client = await connect(context);
  const work = { what: "importing", total: times.length, unit: "hours" };
  const put = await putAll(work, async (begin, end) => {
    const rows = packColumns([times.subarray(begin, end), rates.subarray(begin, end)]);
    return await client.call("importFunding", { coin, rows });
  });
  const what = { one: "hour of funding", many: "hours of funding", of: coin };
  const span = spanOf(times, HOUR_MS);
  return await tell(put, work.total, (sum) => describeImport(what, { ...span, ...context }, sum));
}

interface Put {
  readonly results: readonly PutResult[];
  /** Rows that were sent. */
  readonly done: number;
}

/** Sends the rows in batches and shows how far it is; ends between two of them on Ctrl-C. */
async function putAll(
  work: Pick<Said, "what" | "total" | "unit">,
  put: (begin: number, end: number) => Promise<PutResult>,
): Promise<Put> {
  const display = new ProgressDisplay();
  const results: PutResult[] = [];
  let done = 0;
  try {
    await interruptible(async (signal) => {
      while (done < work.total && !signal.aborted) {
        results.push(await put(done, done + ARCHIVE_ROWS_MAX));
        done = Math.min(work.total, done + ARCHIVE_ROWS_MAX);
        display.update({ ...work, done, note: "" });
      }
    });
  } finally {
    display.end();
  }
  return { results, done };
}

async function tell(
  { results, done }: Put,
  total: number,
  describe: (sum: PutResult) => string,
): Promise<ExitCode> {
  if (done < total) {
    await printRemark(describeImportedSoFar({ done, total }));
    return INTERRUPTED;
  }
  const { width } = await currentScreen();
  await print(wrap(describe(sumOf(results)), width, 2));
  return 0;
}

const optionsOf = (
  path: string,
  flags: { readonly skipBad?: boolean | undefined },
): CsvOptions => ({
  path,
  skipBad: flags.skipBad === true,
  nowMs: Date.now(),
});

async function warnOfSkipped(skipped: Skipped): Promise<void> {
  if (skipped.count > 0) await printWarnings([describeSkipped(skipped)]);
}

const spanOf = (times: Float64Array, lengthMs: number) => ({
  fromMs: valueAt(times, 0),
  toMs: valueAt(times, times.length - 1) + lengthMs,
});

const sumOf = (results: readonly PutResult[]): PutResult =>
  results.reduce((sum, { added, replaced, same, kept }) => ({
    added: sum.added + added,
    replaced: sum.replaced + replaced,
    same: sum.same + same,
    kept: sum.kept + kept,
  }));
