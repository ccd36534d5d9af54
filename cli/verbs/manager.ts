/** Verbs about the manager itself. */
import type { Command } from "commander";
import type { Finish } from "#cli/verbs/flags.ts";

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
}
