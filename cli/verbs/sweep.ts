/** `kumbh sweep`. */
import type { Command } from "commander";
import type { SweepFlags } from "#cli/sweep-flags.ts";
import type { Finish } from "#cli/verbs/flags.ts";
import { defineRange, defineRules } from "#cli/verbs/rules.ts";

const EXAMPLES = `
Examples:
  kumbh sweep strategies/sma-cross.ts --fast 5..20:5 --slow 20..60:10
  kumbh sweep btc-trend --fast 5..50 --slow 20..200 --sample 300 --seed 7
  kumbh sweep btc-trend --coin BTC,ETH,SOL --fast 5,8,13 --rank calmar --holdout 40%
  kumbh sweep btc-trend --fast 5..20:5 --walk-forward 90d:30d
                                               choose on 90 days, test on the next 30, move on`;

export function defineSweepVerb(program: Command, finish: Finish): void {
  const sweep = program
    .command("sweep")
    .description("backtests over many params, and how much of the best is luck")
    .usage("[options] <what> [params]")
    .argument("[what]", "FILE.ts, or a strategy of the fleet")
    .argument("[params...]", "--fast 5..20:5, --fast 5,8,13; after `--` those named as below")
    // What is none of ours is a param of the strategy, and its help names them.
    .allowUnknownOption()
    .helpOption(false)
    .addHelpText("after", EXAMPLES)
    .option("--rank <figure>", "what is best: sharpe (default), sortino, calmar, return, …")
    .option("--holdout <share>", "of the range, kept to test what was chosen; 30% when not said")
    .option("--walk-forward <train:test>", "choose and test anew, window by window: 90d:30d")
    .option("--sample <count>", "so many of the combinations, by chance")
    .option("--jobs <count>", "runs at the same time; as many as there are cores when not said");
  defineRange(sweep);
  defineRules(sweep);
  sweep
    .option("--params <file>", "params from a .toml or .json file; those typed win")
    .option("--csv <file>", "write every run into it")
    .option("--json", "print everything as JSON")
    .option("-h, --help", "print this help, with the strategy's params when it is named")
    .action(async (what: string | undefined, words: string[], flags: SweepFlags) => {
      if (what === undefined && flags.help !== true) sweep.help({ error: true });
      const { sweep: run } = await import("#cli/commands/sweep.ts");
      const help = () => `${sweep.helpInformation()}${EXAMPLES}`;
      const ours = [...program.options, ...sweep.options].map(({ long }) => long ?? "");
      await finish(async (context) => await run(context, { what, words, flags, help, ours }));
    });
}
