/** The verbs, their arguments and their flags; what a verb does is imported when it runs. */
import type { Command } from "commander";
import type { Context, ExitCode } from "#cli/context.ts";
import type { SimFlags } from "#cli/sim-flags.ts";

/** Hands a verb the context; what the verb returns becomes the exit code. */
export type Finish = (run: (context: Context) => Promise<ExitCode>) => Promise<void>;

export interface JsonFlag {
  readonly json?: boolean;
}

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

export interface StartupFlags {
  readonly system?: boolean;
  readonly remove?: boolean;
}

export interface HistoryFlags extends JsonFlag {
  readonly limit?: string;
}

const JSON_HELP = "print JSON";
const NAMES_HELP = "strategies, or `all`";
const WAIT_DEFAULT = "30s";

export function defineVerbs(program: Command, finish: Finish): void {
  defineFleetVerbs(program, finish);
  defineReadingVerbs(program, finish);
  defineManagerVerbs(program, finish);
  defineSimVerbs(program, finish);
}

function defineFleetVerbs(program: Command, finish: Finish): void {
  program
    .command("start")
    .description("start strategies, a fleet file, or a strategy file")
    .argument("<what...>", "names, FILE.toml, FILE.ts, or `all`; after `--` the params of FILE.ts")
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
    .argument("<names...>", NAMES_HELP)
    .action(async (names: string[]) => {
      const { stop } = await import("#cli/commands/stop.ts");
      await finish(async (context) => await stop(context, names));
    });
  program
    .command("restart")
    .description("stop strategies and start them again")
    .argument("<names...>", NAMES_HELP)
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
    .argument("<names...>", NAMES_HELP)
    .option("--purge", "delete their databases too")
    .action(async (names: string[], flags: RemoveFlags) => {
      const { remove } = await import("#cli/commands/remove.ts");
      await finish(async (context) => await remove(context, names, flags));
    });
}

function defineReadingVerbs(program: Command, finish: Finish): void {
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

function defineManagerVerbs(program: Command, finish: Finish): void {
  program
    .command("up")
    .description("start the manager, as every command does")
    .action(async () => {
      const { up } = await import("#cli/commands/up.ts");
      await finish(up);
    });
  program
    .command("down")
    .description("stop all strategies and the manager")
    .action(async () => {
      const { down } = await import("#cli/commands/down.ts");
      await finish(down);
    });
  program
    .command("doctor")
    .description("what is wrong here, and how to mend it")
    .option("--json", JSON_HELP)
    .action(async (flags: JsonFlag) => {
      const { doctor } = await import("#cli/commands/doctor.ts");
      await finish(async (context) => await doctor(context, flags));
    });
  program
    .command("startup")
    .description("start the manager when the machine boots (systemd)")
    .option("--system", "a unit of the system, for a server; else one of yours")
    .option("--remove", "take it back")
    .action(async (flags: StartupFlags) => {
      const { startup } = await import("#cli/commands/startup.ts");
      await finish(async (context) => await startup(context, flags));
    });
}

function defineSimVerbs(program: Command, finish: Finish): void {
  program
    .command("sim")
    .description("a simulated Hyperliquid on loopback")
    .option("--market <market>", "seeded[:SEED], a market made up from a seed")
    .option("--replay <dir>", "instead: a recorded market, CSV files hl-<COIN>-<timeframe>.csv")
    .option("--speed <factor>", "how many times as fast as real time", "1")
    .option("--coins <coins>", "these coins, parted by commas; what was not recorded is made up")
    .option("--account <address=usdc>", "an account and what it holds; repeatable", collect)
    .option("--agent <agent=address>", "an API wallet and its account; repeatable", collect)
    .option(
      "--fault <name=value>",
      "something that goes wrong, e.g. expire=60; repeatable",
      collect,
    )
    .option("--open", "whoever signs for the first time gets an account")
    .option("--port <port>", "0 takes any that is free", "3001")
    .option("--json", "when it listens, one line of JSON with its addresses")
    .action(async (flags: SimFlags) => {
      const { sim } = await import("#cli/commands/sim.ts");
      await finish(async () => await sim(flags));
    });
  program
    .command("demo")
    .description("all of it in half a minute, no network, no keys")
    .action(async () => {
      const { demo } = await import("#cli/commands/demo.ts");
      await finish(demo);
    });
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
