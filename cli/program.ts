/** One command line, from its arguments to its exit code. */
import { writeSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { isBrokenPipe } from "#cli/broken-pipe.ts";
import type { Context, ExitCode, GlobalFlags } from "#cli/context.ts";
import { EXAMPLES } from "#cli/examples.ts";
import { defineVerbs } from "#cli/verbs.ts";
import { VERSION } from "#shared/version.ts";

const STDOUT = 1;
const STDERR = 2;

/**
 * Runs one command. Every error ends here, as its lines on stderr and its exit code. Only commander
 * is loaded before the verb is known: all of the CLI would cost ten times as much.
 */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const program = new Command("kumbh");
  let exitCode: ExitCode = 0;
  defineProgram(program, async (run) => {
    const { contextOf } = await import("#cli/context.ts");
    exitCode = await run(contextOf(program.opts<GlobalFlags>(), process.env));
  });
  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return await fail(thrown);
    if (thrown.exitCode === 0) return 0;
    if (thrown.code === "commander.help") return 2;
    const { misuseOf } = await import("#cli/misuse.ts");
    return await fail(misuseOf(thrown, program, args));
  }
}

async function fail(thrown: unknown): Promise<ExitCode> {
  const [{ printError }, { errorBodyOf }] = await Promise.all([
    import("#cli/output.ts"),
    import("#shared/errors.ts"),
  ]);
  await printError(thrown);
  return errorBodyOf(thrown).exitCode;
}

function defineProgram(
  program: Command,
  finish: (run: (context: Context) => Promise<ExitCode>) => Promise<void>,
): void {
  program
    .description("Trading strategies on Hyperliquid: run, watched and restarted")
    .usage("[options] <command>")
    .version(VERSION, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help, or that of a command")
    .option("--home <dir>", "where everything is kept (KUMBH_HOME, else ~/.kumbh)")
    .option("--socket <path>", "the manager's socket (KUMBH_SOCKET, else in the home)")
    .option("--network <network>", "paper, testnet or mainnet, instead of the config's")
    .option("--testnet", "the same as --network testnet")
    .option("--mainnet", "the same as --network mainnet")
    .option("--utc", "tell times in UTC, not in local time")
    .option("-y, --yes", "answer what would be asked with yes")
    .addHelpText("after", `\n${EXAMPLES}`)
    .configureHelp({ subcommandTerm, minWidthToWrap: WRAPPED_FROM })
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => write(STDOUT, text),
      writeErr: (text) => write(STDERR, text),
      // Misuse is said in our own form, by `fail`.
      outputError: () => undefined,
    });
  defineVerbs(program, finish);
  program.commandsGroup("Begin:").helpCommand("help [command]", "print the help of a command");
}

function write(stream: number, text: string): void {
  try {
    writeSync(stream, text);
  } catch (thrown) {
    if (!isBrokenPipe(thrown)) throw thrown;
  }
}

/** Columns beside the names of options and verbs from which on what they do is broken between words. */
const WRAPPED_FROM = 20;

/** `start <what...>`: that nearly every verb has options goes without saying. */
const subcommandTerm = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((argument) => {
      const name = argument.name() + (argument.variadic ? "..." : "");
      return argument.required ? `<${name}>` : `[${name}]`;
    }),
  ].join(" ");
