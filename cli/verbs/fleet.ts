/** Verbs that change the fleet. */
import type { Command } from "commander";
import type { Finish } from "#cli/verbs/flags.ts";

export interface WaitFlag {
  /** A duration as text; false: `--no-wait`. */
  readonly wait: string | false;
}

export interface StartFlags extends WaitFlag {
  readonly only?: string;
}

export interface AddFlags {
  readonly name?: string;
}

export interface RemoveFlags {
  readonly purge?: boolean;
}

const NAMES_HELP = "strategies, or `all`; without one you choose";
const WAIT_DEFAULT = "30s";

export function defineFleetVerbs(program: Command, finish: Finish): void {
  program
    .command("start")
    .description("start strategies, a fleet file, or a strategy file")
    .argument(
      "[what...]",
      "names, FILE.toml, FILE.ts, or `all`; after `--` the params of FILE.ts; without one you choose",
    )
    .option("--only <names>", "of a fleet file only these, parted by commas")
    .option("--wait <duration>", "how long to wait until they run", WAIT_DEFAULT)
    .option("--no-wait", "do not wait until they run")
    .action(async (what: string[], flags: StartFlags) => {
      const { start } = await import("#cli/commands/start.ts");
      await finish(async (context) => await start(context, what, flags));
    });
  program
    .command("stop")
    .description("stop strategies; they stay in the fleet")
    .argument("[names...]", NAMES_HELP)
    .action(async (names: string[]) => {
      const { stop } = await import("#cli/commands/stop.ts");
      await finish(async (context) => await stop(context, names));
    });
  program
    .command("restart")
    .description("stop strategies and start them again")
    .argument("[names...]", NAMES_HELP)
    .option("--wait <duration>", "how long to wait until they run", WAIT_DEFAULT)
    .option("--no-wait", "do not wait until they run")
    .action(async (names: string[], flags: WaitFlag) => {
      const { restart } = await import("#cli/commands/restart.ts");
      await finish(async (context) => await restart(context, names, flags));
    });
  program
    .command("add")
    .description("put a strategy into the fleet, or new code for it")
    .argument("<file>", "the strategy's file")
    .argument("[params...]", "after `--`: its params, e.g. `-- --fast 5 --slow 20`")
    .option("--name <name>", "its name in the fleet, when not the class's own")
    .action(async (file: string, params: string[], flags: AddFlags) => {
      const { add } = await import("#cli/commands/add.ts");
      await finish(async (context) => await add(context, file, params, flags));
    });
  program
    .command("remove")
    .description("take strategies out of the fleet")
    .argument("[names...]", NAMES_HELP)
    .option("--purge", "delete their databases too")
    .action(async (names: string[], flags: RemoveFlags) => {
      const { remove } = await import("#cli/commands/remove.ts");
      await finish(async (context) => await remove(context, names, flags));
    });
}
