/** A backtest that is kept, brought to the person: as a report, as JSON, as tables for other programs. */
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Client } from "#cli/client.ts";
import type { Context } from "#cli/context.ts";
import { NotAnIdError } from "#cli/misuse.ts";
import { print, printAside, printResponse } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { assert } from "#shared/assert.ts";
import { BacktestJson, type BacktestReport } from "#shared/backtest.ts";
import { FolderNotWritableError } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";

export interface ResultFlags {
  readonly json?: boolean;
  readonly csv?: string;
}

/** Shows it as the flags say; `trades` as `readTrades` gives it. */
export async function showResult(
  client: Client,
  report: BacktestReport,
  trades: number | "all" | undefined,
  { json, csv, utc }: ResultFlags & Pick<Context, "utc">,
): Promise<void> {
  const { id } = report;
  assert(id !== null, "a backtest that is kept has an id");
  if (json === true) return await printResponse(await client.file("backtestJson", { id }));
  const [{ renderReport }, { needsAllTrades, TRADES_SHOWN_DEFAULT }] = await loadViews();
  const shown = trades ?? TRADES_SHOWN_DEFAULT;
  const isMore = needsAllTrades(report, shown);
  const full = csv !== undefined || isMore ? await fullOf(client, id) : undefined;
  const screen = await currentScreen({ utc });
  await print(
    renderReport(report, {
      ...screen,
      trades: shown,
      ...(full === undefined ? {} : { allTrades: full.trades }),
    }),
  );
  if (csv !== undefined && full !== undefined) await writeTables(csv, full);
}

/** Loads what draws a report. Whoever waits for the run to end can do so meanwhile: it takes as long as a short run. */
export async function loadViews() {
  // The rules of the time zone are read when they are first asked for.
  new Date().getTimezoneOffset();
  return await Promise.all([
    import("#cli/view/backtest/report.ts"),
    import("#cli/view/backtest/trades.ts"),
  ]);
}

/**
 * Makes the folder of `--csv` before the run, which may take minutes. Throws `FolderNotWritableError`.
 */
export function prepareTables(folder: string): void {
  const path = resolve(folder);
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new FolderNotWritableError(path, cause);
  }
}

const fullOf = async (client: Client, id: number): Promise<BacktestJson> =>
  parseJson(
    BacktestJson,
    await (await client.file("backtestJson", { id })).text(),
    `the result of backtest ${id}`,
  );

async function writeTables(folder: string, full: BacktestJson): Promise<void> {
  const { equityCsv, fillsCsv, tradesCsv } = await import("#cli/view/backtest/csv.ts");
  const path = resolve(folder);
  const tables = {
    "trades.csv": tradesCsv(full.trades, full.open),
    "equity.csv": equityCsv(full.equity),
    "fills.csv": fillsCsv(full.fills),
  };
  try {
    mkdirSync(path, { recursive: true });
    for (const [name, text] of Object.entries(tables)) writeFileSync(join(path, name), text);
  } catch (cause) {
    throw new FolderNotWritableError(path, cause);
  }
  await printAside(`wrote ${Object.keys(tables).join(", ")} into ${path}`);
}

/** `7` as typed. */
export function readId(text: string): number {
  const id = Number(text);
  if (/^\d{1,15}$/.test(text) && id > 0) return id;
  throw new NotAnIdError(text);
}
