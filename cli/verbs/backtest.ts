/** `kumbh backtest` and what belongs to it. */
import type { Command } from "commander";
import type { BacktestFlags } from "#cli/backtest-flags.ts";
import { type Finish, JSON_HELP, type JsonFlag } from "#cli/verbs/flags.ts";
import { defineRange, defineRules } from "#cli/verbs/rules.ts";

const EXAMPLES = `
Examples:
  kumbh backtest strategies/sma-cross.ts --from 2024-10-01 --fast 5 --slow 20
  kumbh backtest btc-trend --from 90d          a strategy of the fleet, with its own params
  kumbh backtest strategies/grid.ts --help     with the params of that strategy
  kumbh backtest diff 3 7                      two that were kept, side by side`;

export interface ShowFlags extends JsonFlag {
  readonly trades?: string;
  readonly csv?: string;
}

export function defineBacktestVerbs(program: Command, finish: Finish): void {
  const backtest = program
    .command("backtest")
    .description("run a strategy over history, in a process of its own")
    .usage("[options] <what> [params]")
    .argument("[what]", "FILE.ts, or a strategy of the fleet")
    .argument("[params...]", "params of the strategy: --fast 5; after `--` those named as below")
    // What is none of ours is a param of the strategy, and its help names them.
    .allowUnknownOption()
    .helpOption(false)
    .addHelpText("after", EXAMPLES);
  defineRange(backtest);
  defineRules(backtest);
  defineOutput(backtest);
  backtest.action(async (what: string | undefined, words: string[], flags: BacktestFlags) => {
    if (what === undefined && flags.help !== true) backtest.help({ error: true });
    const { backtest: run } = await import("#cli/commands/backtest.ts");
    const help = () => `${backtest.helpInformation()}${EXAMPLES}`;
    const ours = [...program.options, ...backtest.options].map(({ long }) => long ?? "");
    await finish(async (context) => await run(context, { what, words, flags, help, ours }));
  });
  defineKept(backtest, finish);
}

function defineOutput(backtest: Command): void {
  backtest
    .option("--params <file>", "params from a .toml or .json file; those typed win")
    .option("--ask", "ask for the params")
    .option("--trades <count>", "so many of the first and the last trades, or `all`")
    .option("--csv <dir>", "write trades.csv, equity.csv and fills.csv there")
    .option("--json", "print the whole result as JSON")
    .option("-h, --help", "print this help, with the strategy's params when it is named");
}

function defineKept(backtest: Command, finish: Finish): void {
  backtest
    .command("ls")
    .description("the backtests that are kept, the newest last")
    .option("--json", JSON_HELP)
    .action(async (_flags: JsonFlag, command: Command) => {
      const { backtestLs } = await import("#cli/commands/backtest-ls.ts");
      // `backtest` has options of the same names, and takes them.
      await finish(async (context) => await backtestLs(context, command.optsWithGlobals()));
    });
  backtest
    .command("show")
    .description("the report of one that is kept")
    .argument("[id]", "its number; without one you choose")
    .option("--trades <count>", "so many of the first and the last trades, or `all`")
    .option("--csv <dir>", "write trades.csv, equity.csv and fills.csv there")
    .option("--json", "print the whole result as JSON")
    .action(async (id: string | undefined, _flags: ShowFlags, command: Command) => {
      const { backtestShow } = await import("#cli/commands/backtest-show.ts");
      await finish(async (context) => await backtestShow(context, id, command.optsWithGlobals()));
    });
  backtest
    .command("diff")
    .description("two of them side by side")
    .argument("<a>", "number of the one")
    .argument("<b>", "number of the other")
    .option("--json", "print both reports as JSON")
    .action(async (a: string, b: string, _flags: JsonFlag, command: Command) => {
      const { backtestDiff } = await import("#cli/commands/backtest-diff.ts");
      const flags = command.optsWithGlobals<JsonFlag>();
      await finish(async (context) => await backtestDiff(context, [a, b], flags));
    });
  backtest
    .command("rm")
    .description("forget some of them")
    .argument("<ids...>", "their numbers")
    .action(async (ids: string[]) => {
      const { backtestRm } = await import("#cli/commands/backtest-rm.ts");
      await finish(async (context) => await backtestRm(context, ids));
    });
}
