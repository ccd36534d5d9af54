/** Verbs with which a person begins. */
import type { Command } from "commander";
import type { Finish } from "#cli/verbs/flags.ts";

export interface InitFlags {
  readonly address?: string;
  readonly keyFile?: string;
  readonly keyCommand?: string;
}

export interface NewFlags {
  readonly kind?: string;
  readonly coin?: string;
  readonly timeframe?: string;
}

const INIT_NOTE = `
Asks for what no option says. The network is that of --network. A key never stands on a command line,
where everybody on the machine could read it: it is pasted when asked for, or lies in a file, or comes
from a command.`;

export function defineSetupVerbs(program: Command, finish: Finish): void {
  program
    .command("init")
    .description("write the config: network, account, key")
    .option("--address <address>", "of the account that holds the funds")
    .option("--key-file <path>", "a file that holds the API wallet's private key")
    .option("--key-command <command>", "a command that prints it, e.g. 'pass show hyperliquid'")
    .addHelpText("after", INIT_NOTE)
    .action(async (flags: InitFlags) => {
      const { init } = await import("#cli/commands/init.ts");
      await finish(async (context) => await init(context, flags));
    });
}
