/** Verbs about the manager itself. */
import type { Command } from "commander";
import { type Finish, JSON_HELP, type JsonFlag } from "#cli/verbs/flags.ts";

export interface StartupFlags {
  readonly system?: boolean;
  readonly remove?: boolean;
}

export function defineManagerVerbs(program: Command, finish: Finish): void {
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
