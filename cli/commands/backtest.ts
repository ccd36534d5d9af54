import { askParams } from "#cli/ask-params.ts";
import { type BacktestFlags, checkFlags, readSettings, readTrades } from "#cli/backtest-flags.ts";
import { loadViews, prepareTables, showResult } from "#cli/backtest-result.ts";
import { runBacktest } from "#cli/backtest-run.ts";
import {
  type HelpArguments,
  paramsOfFile,
  printStrategyHelp,
  subjectOf,
} from "#cli/backtest-subject.ts";
import type { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import { type Context, type ExitCode, INTERRUPTED } from "#cli/context.ts";
import { NoTerminalError } from "#cli/misuse.ts";
import { printRemark, printWarnings } from "#cli/output.ts";
import { readParams } from "#cli/params.ts";
import { canAsk } from "#cli/terminal.ts";
import type { BacktestReport } from "#shared/backtest.ts";
import type { BacktestSubject } from "#shared/control-api.ts";
import { nearest } from "#shared/near.ts";

export interface BacktestArguments extends HelpArguments {
  /** The params as typed. */
  readonly words: readonly string[];
  readonly flags: BacktestFlags;
}

export async function backtest(context: Context, args: BacktestArguments): Promise<ExitCode> {
  const { what, words, flags } = args;
  if (what === undefined || flags.help === true) return await printStrategyHelp(context, args);
  const strategy = subjectOf(what);
  checkFlags(flags);
  const trades = readTrades(flags.trades);
  const settings = readSettings(flags, Date.now());
  // A lone `--` only says that what follows is no flag of ours.
  const typed = readParams(words.filter((word) => word !== "--"));
  const params = await paramsOfFile(flags.params);
  if (flags.ask === true && !canAsk()) throw new NoTerminalError("--ask");
  const client = await connect(context);
  const paramsText = flags.ask === true ? await complete(client, strategy, typed) : typed;
  if (paramsText === undefined) return INTERRUPTED;
  if (flags.csv !== undefined) prepareTables(flags.csv);
  const running = runBacktest(client, { strategy, params, paramsText, settings });
  const views = flags.json === true ? [] : [loadViews()];
  const [report] = await Promise.all([running, ...views]).catch(async (error: unknown) => {
    await printWarnings(misspeltFlags(Object.keys(typed), args.ours));
    throw error;
  });
  if (report === undefined) return INTERRUPTED;
  await showResult(client, report, trades, { ...flags, utc: context.utc });
  await printRemark(`kept as backtest ${report.id}: \`kumbh backtest show ${report.id}\``);
  await printWarnings(sharedNames(report, flags));
  return 0;
}

/** Asks for what was not typed. */
async function complete(
  client: Client,
  strategy: BacktestSubject,
  typed: Record<string, string>,
): Promise<Record<string, string> | undefined> {
  const { paramsOf } = await import("#cli/view/params.ts");
  const known = paramsOf(await client.call("params", { strategy }));
  const answers = await askParams(known.filter(({ name }) => !(name in typed)));
  return answers === undefined ? undefined : { ...answers, ...typed };
}

/** What was typed as a param and is nearly a flag of ours: a likely reason of a refusal. */
function misspeltFlags(names: readonly string[], ours: readonly string[]): string[] {
  const bare = ours.map((flag) => flag.replace(/^--/, ""));
  return names.flatMap((name) => {
    const meant = nearest(name, bare);
    return meant === undefined || meant === name
      ? []
      : [`--${name} was read as a param of the strategy; the backtest has the option --${meant}`];
  });
}

/** Says so when a flag of ours was given that the strategy has a param for too. */
function sharedNames({ params }: BacktestReport, flags: BacktestFlags): string[] {
  const { funding, ...others } = flags;
  const given = new Set([...Object.keys(others), ...(funding ? [] : ["funding"])]);
  return Object.keys(params)
    .filter((name) => given.has(camelCase(name)))
    .map(
      (name) =>
        `--${name} is an option of the backtest; the param of the strategy stands after \`--\`: \`-- --${name} …\``,
    );
}

/** As commander names `--taker-fee`. */
const camelCase = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
