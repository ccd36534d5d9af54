/**
 * The file is read and checked here and sent in batches: the manager is not blocked by a large one, needs
 * no access to it, and may be on another machine.
 */
import { CandleCsv, type CsvOptions, FundingCsv, type Skipped } from "#cli/candle-csv.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { readLines } from "#cli/csv-file.ts";
import { print, printWarnings } from "#cli/output.ts";
import { readCoin, readSeries } from "#cli/series.ts";
import type { ImportFlags, ImportFundingFlags } from "#cli/verbs/candles.ts";
import { describeImport, describeSkipped } from "#cli/view/candles.ts";
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
  const results: PutResult[] = [];
  for (let begin = 0; begin < rowsOf(columns); begin += ARCHIVE_ROWS_MAX) {
    const rows = packCandles(sliceColumns(columns, begin, begin + ARCHIVE_ROWS_MAX));
    results.push(await client.call("importCandles", { ...name, rows }));
  }
  const what = { one: "candle", many: "candles", of: `${name.coin} ${name.timeframe}` };
  const lengthMs = TIMEFRAME_MS[name.timeframe];
  await print(describeImport(what, spanOf(columns.openTime, lengthMs), sumOf(results)));
  return 0;
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
  const results: PutResult[] = [];
  for (let begin = 0; begin < times.length; begin += ARCHIVE_ROWS_MAX) {
    const end = begin + ARCHIVE_ROWS_MAX;
    const rows = packColumns([times.subarray(begin, end), rates.subarray(begin, end)]);
    results.push(await client.call("importFunding", { coin, rows }));
  }
  const what = { one: "hour of funding", many: "hours of funding", of: coin };
  await print(describeImport(what, spanOf(times, HOUR_MS), sumOf(results)));
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
