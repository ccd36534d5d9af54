/** Verbs that only read. */
import type { Command } from "commander";
import { type Finish, JSON_HELP, type JsonFlag } from "#cli/verbs/flags.ts";

/** What `ls --sort` and `monit` order by. */
export const SORT_KEYS = [
  "name",
  "state",
  "uptime",
  "restarts",
  "cpu",
  "memory",
  "candle",
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface ListFlags extends JsonFlag {
  readonly sort?: string;
  readonly state?: string;
}

export interface HistoryFlags extends JsonFlag {
  readonly limit?: string;
}

export interface LogsFlags {
  readonly follow?: boolean;
  readonly lines?: string;
}

export function defineWatchingVerbs(program: Command, finish: Finish): void {
  program
    .command("ls")
    .description("the fleet in a table")
    .argument("[which...]", "only these: names, patterns such as 'btc-*', or states")
    .option("--sort <key>", `by ${SORT_KEYS.join(", ")}`)
    .option("--state <states>", "only these states, parted by commas")
    .option("--json", JSON_HELP)
    .action(async (which: string[], flags: ListFlags) => {
      const { ls } = await import("#cli/commands/ls.ts");
      await finish(async (context) => await ls(context, which, flags));
    });
  program
    .command("show")
    .description("everything about one strategy")
    .argument("[name]", "the strategy; without one the live view of the fleet")
    .option("--json", JSON_HELP)
    .action(async (name: string | undefined, flags: JsonFlag) => {
      const { show } = await import("#cli/commands/show.ts");
      await finish(async (context) => await show(context, name, flags));
    });
  program
    .command("monit")
    .description("the fleet live: what it uses, says and does; with keys")
    .option("--json", "what it shows, once, as JSON")
    .action(async (flags: JsonFlag) => {
      const { monit } = await import("#cli/commands/monit.ts");
      await finish(async (context) => await monit(context, flags));
    });
  program
    .command("logs")
    .description("what a strategy has written, the newest last")
    .argument("[name]", "the strategy, or `manager`")
    .option("-f, --follow", "go on with what it writes, until Ctrl-C")
    .option("-n, --lines <count>", "so many lines, 20 when not said")
    .action(async (name: string | undefined, flags: LogsFlags) => {
      const { logs } = await import("#cli/commands/logs.ts");
      await finish(async (context) => await logs(context, name, flags));
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
