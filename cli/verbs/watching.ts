/** Verbs that only read. */
import type { Command } from "commander";
import { type Finish, JSON_HELP, type JsonFlag } from "#cli/verbs/flags.ts";

export interface HistoryFlags extends JsonFlag {
  readonly limit?: string;
}

export function defineWatchingVerbs(program: Command, finish: Finish): void {
  program
    .command("ls")
    .description("the fleet in a table")
    .option("--json", JSON_HELP)
    .action(async (flags: JsonFlag) => {
      const { ls } = await import("#cli/commands/ls.ts");
      await finish(async (context) => await ls(context, flags));
    });
  program
    .command("show")
    .description("everything about one strategy")
    .argument("[name]", "the strategy; without one the fleet")
    .option("--json", JSON_HELP)
    .action(async (name: string | undefined, flags: JsonFlag) => {
      const { show } = await import("#cli/commands/show.ts");
      await finish(async (context) => await show(context, name, flags));
    });
  program
    .command("history")
    .description("what has happened, the newest last")
    .argument("[name]", "only of this strategy")
    .option("--limit <count>", "so many events")
    .option("--json", JSON_HELP)
    .action(async (name: string | undefined, flags: HistoryFlags) => {
      const { history } = await import("#cli/commands/history.ts");
      await finish(async (context) => await history(context, name, flags));
    });
  program
    .command("check")
    .description("what can be known before it runs; changes nothing")
    .argument("<file>", "FILE.ts or FILE.toml")
    .argument("[params...]", "after `--`: params of FILE.ts")
    .option("--json", JSON_HELP)
    .action(async (file: string, params: string[], flags: JsonFlag) => {
      const { check } = await import("#cli/commands/check.ts");
      await finish(async (context) => await check(context, file, params, flags));
    });
}
