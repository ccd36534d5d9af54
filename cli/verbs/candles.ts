/** `kumbh candles …`: the archive. */
import type { Command } from "commander";
import type { Finish, JsonFlag } from "#cli/verbs/flags.ts";

export interface PullFlags {
  readonly from?: string;
}

export interface ImportFlags {
  readonly coin: string;
  readonly timeframe: string;
  readonly skipBad?: boolean;
}

export interface ImportFundingFlags {
  readonly coin: string;
  readonly skipBad?: boolean;
}

export interface ExportFlags {
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
}

const JSON_HELP = "print JSON";
const COIN_HELP = "as the exchange writes it, e.g. BTC";
const TIMEFRAME_HELP = "1m, 5m, 1h, 1d, …";
const SKIP_HELP = "leave out lines that cannot be, and say which";

export function defineCandleVerbs(program: Command, finish: Finish): void {
  const candles = program
    .command("candles")
    .description("the archive: what is there, rows in, rows out, what is recorded");
  defineReading(candles, finish);
  defineFilling(candles, finish);
  defineRecording(candles, finish);
}

function defineReading(candles: Command, finish: Finish): void {
  candles
    .command("ls")
    .description("what is archived")
    .option("--json", JSON_HELP)
    .action(async (flags: JsonFlag) => {
      const { candlesLs } = await import("#cli/commands/candles-ls.ts");
      await finish(async (context) => await candlesLs(context, flags));
    });
  candles
    .command("export")
    .description("candles as CSV: t,o,h,l,c,v, and n where trades are known")
    .argument("<coin>", COIN_HELP)
    .argument("<timeframe>", TIMEFRAME_HELP)
    .option("--from <date>", "from this moment on, e.g. 2024-10-01")
    .option("--to <date>", "before this moment")
    .option("--out <file>", "into a file, instead of stdout")
    .action(async (coin: string, timeframe: string, flags: ExportFlags) => {
      const { candlesExport } = await import("#cli/commands/candles-export.ts");
      await finish(async (context) => await candlesExport(context, [coin, timeframe], flags));
    });
}

function defineFilling(candles: Command, finish: Finish): void {
  candles
    .command("pull")
    .description("fetch candles from the exchange, which keeps the newest 5000")
    .argument("<coin>", COIN_HELP)
    .argument("<timeframe>", TIMEFRAME_HELP)
    .option("--from <date>", "from this moment on, e.g. 2024-10-01")
    .action(async (coin: string, timeframe: string, flags: PullFlags) => {
      const { candlesPull } = await import("#cli/commands/candles-pull.ts");
      await finish(async (context) => await candlesPull(context, [coin, timeframe], flags));
    });
  candles
    .command("import")
    .description("candles from a CSV file; all of it or nothing")
    .argument("<file>", "its first line names the columns: t,o,h,l,c,v or open_time,open,…")
    .requiredOption("--coin <coin>", COIN_HELP)
    .requiredOption("--timeframe <timeframe>", TIMEFRAME_HELP)
    .option("--skip-bad", SKIP_HELP)
    .action(async (file: string, flags: ImportFlags) => {
      const { candlesImport } = await import("#cli/commands/candles-import.ts");
      await finish(async (context) => await candlesImport(context, file, flags));
    });
  candles
    .command("import-funding")
    .description("hourly funding rates from a CSV file; all of it or nothing")
    .argument("<file>", "its first line names the columns: t,rate")
    .requiredOption("--coin <coin>", COIN_HELP)
    .option("--skip-bad", SKIP_HELP)
    .action(async (file: string, flags: ImportFundingFlags) => {
      const { candlesImportFunding } = await import("#cli/commands/candles-import.ts");
      await finish(async (context) => await candlesImportFunding(context, file, flags));
    });
}

function defineRecording(candles: Command, finish: Finish): void {
  const record = candles
    .command("record")
    .description("feeds that are archived although no strategy asks");
  for (const what of ["add", "rm"] as const) {
    record
      .command(what)
      .description(
        what === "add" ? "record a feed from now on" : "record it no more; keep what is there",
      )
      .argument("<coin>", COIN_HELP)
      .argument("<timeframe>", TIMEFRAME_HELP)
      .action(async (coin: string, timeframe: string) => {
        const { candlesRecord } = await import("#cli/commands/candles-record.ts");
        await finish(async (context) => await candlesRecord(context, what, [coin, timeframe]));
      });
  }
  record
    .command("ls")
    .description("what is recorded")
    .option("--json", JSON_HELP)
    .action(async (flags: JsonFlag) => {
      const { candlesRecorded } = await import("#cli/commands/candles-record.ts");
      await finish(async (context) => await candlesRecorded(context, flags));
    });
}
