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

/** The examples that a strategy can begin as. */
export const KINDS = ["sma-cross", "breakout", "grid", "hold"] as const;

export const SHELLS = ["bash", "zsh", "fish"] as const;

const COMPLETION_NOTE = `
Examples:
  source <(kumbh completion bash)            in ~/.bashrc; zsh the same in ~/.zshrc
  kumbh completion fish > ~/.config/fish/completions/kumbh.fish`;

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
  program
    .command("new")
    .description("write a strategy to begin from, with its test")
    .argument("[name]", "its name: strategies/NAME.ts is written in the current folder")
    .option("--kind <kind>", `what it begins as: ${KINDS.join(", ")}`)
    .option("--coin <coin>", "what it trades unless it is told otherwise, e.g. BTC")
    .option("--timeframe <timeframe>", "of its candles, e.g. 1h")
    .action(async (name: string | undefined, flags: NewFlags) => {
      const { create } = await import("#cli/commands/new.ts");
      await finish(async (context) => await create(context, name, flags));
    });
  program
    .command("completion")
    .description(`words that your shell offers: ${SHELLS.join(", ")}`)
    .argument("<shell>", SHELLS.join(", "))
    .addHelpText("after", COMPLETION_NOTE)
    .action(async (shell: string) => {
      const { completion } = await import("#cli/commands/completion.ts");
      await finish(async () => await completion(shell));
    });
  // What the scripts of `completion` call.
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: string[]) => {
      const { complete } = await import("#cli/commands/completion.ts");
      await finish(async () => await complete(program, words));
    });
}
