/** What a person typed and cannot be done: one sentence each, exit code 2. */
import type { Command, CommanderError } from "commander";
import { KumbhError } from "#shared/errors.ts";
import { listNames } from "#shared/format.ts";
import { didYouMean, nearest } from "#shared/near.ts";

export class MisuseError extends KumbhError {
  constructor(message: string, remedy: string) {
    super("misuse", message, remedy, { exitCode: 2 });
  }
}

/** commander's error in our form, with the nearest name where one is wrong. */
export function misuseOf(
  error: CommanderError,
  program: Command,
  args: readonly string[],
): KumbhError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownCommand") {
    const named = verbOf(program, args.slice(0, args.indexOf(quoted)));
    // The value of an option may be a verb's name: a verb would have known its own.
    const under = named === undefined || knows(named, quoted) ? program : named;
    return new UnknownCommandError(quoted, under);
  }
  const verb = verbOf(program, args);
  if (error.code === "commander.unknownOption") {
    const known = [...program.options, ...(verb?.options ?? [])].map((option) => option.long ?? "");
    return new UnknownFlagError(quoted, known, verb);
  }
  return new UsageError(error.message.replace(/^error: /, "").replaceAll("'", "`"), verb);
}

/** The innermost verb that is named: `candles pull` of `kumbh candles pull --form`. */
function verbOf(program: Command, args: readonly string[]): Command | undefined {
  const at = args.findIndex((arg) => program.commands.some((command) => command.name() === arg));
  const verb = program.commands.find((command) => command.name() === args[at]);
  return verb === undefined ? undefined : (verbOf(verb, args.slice(at + 1)) ?? verb);
}

const knows = (verb: Command, name: string): boolean =>
  verb.commands.some((command) => command.name() === name);

/** `candles pull`: a verb with those that it stands under, but not the program. */
function pathOf(verb: Command): string {
  const { parent } = verb;
  return parent === null || parent.parent === null
    ? verb.name()
    : `${pathOf(parent)} ${verb.name()}`;
}

/** What pm2, docker and systemd call it. */
const CALLED_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["list", "ls"],
  ["ps", "ls"],
  ["status", "ls"],
  ["describe", "show"],
  ["info", "show"],
  ["inspect", "show"],
  ["log", "logs"],
  ["tail", "logs"],
  ["events", "history"],
  ["top", "monit"],
  ["dashboard", "monit"],
  ["run", "start"],
  ["delete", "remove"],
  ["rm", "remove"],
  ["kill", "down"],
]);

/** `candles pull`, of `pull`. */
function fullName(name: string, program: Command): string | undefined {
  const group = program.commands.find((command) => knows(command, name));
  return group === undefined ? undefined : `${group.name()} ${name}`;
}

export class UnknownCommandError extends MisuseError {
  constructor(name: string, under: Command) {
    const known = under.commands.map((command) => command.name());
    const isTop = under.parent === null;
    const ours = isTop ? (CALLED_ELSEWHERE.get(name) ?? fullName(name, under)) : undefined;
    const meant = ours === undefined ? didYouMean(name, known) : `; here it is "${ours}"`;
    super(
      `no command "${isTop ? name : `${pathOf(under)} ${name}`}"${meant}`,
      isTop ? "see `kumbh --help`" : helpOf(under),
    );
  }
}

export class UnknownFlagError extends MisuseError {
  constructor(flag: string, known: readonly string[], verb: Command | undefined) {
    const takesParams = verb !== undefined && ["add", "start", "check"].includes(verb.name());
    super(
      `no option ${flag}${didYouMean(flag, known)}`,
      takesParams
        ? `params of a strategy stand after \`--\`: \`kumbh ${verb.name()} FILE.ts -- ${flag} …\``
        : helpOf(verb),
    );
  }
}

export class UsageError extends MisuseError {
  constructor(message: string, verb: Command | undefined) {
    super(message, helpOf(verb));
  }
}

const helpOf = (verb: Command | undefined): string =>
  verb === undefined ? "see `kumbh --help`" : `see \`kumbh ${pathOf(verb)} --help\``;

export class FlagValueError extends MisuseError {
  constructor(flag: string, value: string, must: string, example: string) {
    super(`${flag} ${must}, not "${value}"`, `write e.g. \`${flag} ${example}\``);
  }
}

export class NotAnIdError extends MisuseError {
  constructor(text: string) {
    super(
      `"${text}" is no number of a backtest`,
      "list those that are kept with `kumbh backtest ls`",
    );
  }
}

/** A value that is none of a few words. */
export class FlagChoiceError extends MisuseError {
  constructor(flag: string, value: string, known: readonly string[]) {
    super(
      `${flag} must be one of ${known.join(", ")}, not "${value}"${didYouMean(value, known)}`,
      `write e.g. \`${flag} ${nearest(value, known) ?? known[0] ?? ""}\``,
    );
  }
}

/** The same for a flag whose name a strategy's param may have too. */
export class OwnFlagValueError extends MisuseError {
  constructor(flag: string, value: string, must: string, example: string) {
    super(
      `${flag} ${must}, not "${value}"`,
      `write e.g. \`${flag} ${example}\`; a param of the strategy that is named so stands after \`--\`: \`-- ${flag} …\``,
    );
  }
}

export class NoTerminalError extends MisuseError {
  constructor(flag: string) {
    super(`there is no terminal to ask on for ${flag}`, "give the params on the command line");
  }
}

export class NothingToTestError extends MisuseError {
  constructor(word: string) {
    super(
      `${word} is no strategy`,
      "name it first: `kumbh backtest FILE.ts --fast 5`, or a strategy of the fleet",
    );
  }
}

export class ParamsFileError extends MisuseError {
  constructor(file: string) {
    super(`${file} is no file of params`, "it ends in .toml or .json");
  }
}

export class FlagRangeError extends MisuseError {
  constructor() {
    super("--from is not before --to", "write e.g. `--from 2024-10-01 --to 2024-11-01`");
  }
}

export class NoTimeframeError extends MisuseError {
  constructor(text: string, known: readonly string[]) {
    super(
      `"${text}" is no timeframe${didYouMean(text, known)}`,
      `the exchange has ${known.join(", ")}`,
    );
  }
}

export class BadCoinError extends MisuseError {
  constructor(text: string) {
    super(`"${text}" cannot be a coin`, "write it as the exchange does, e.g. BTC");
  }
}

export class FlagsExcludeError extends MisuseError {
  constructor(one: string, other: string) {
    super(`${one} and ${other} exclude each other`, "leave one of them out");
  }
}

export class ParamWordError extends MisuseError {
  constructor(word: string) {
    super(
      `cannot read "${word}" as a param`,
      "write params after `--` as `--key value`, e.g. `-- --fast 5 --slow 20`",
    );
  }
}

export class ParamTwiceError extends MisuseError {
  constructor(key: string) {
    super(`the param ${key} stands twice`, "leave one of them out");
  }
}

export class NotTogetherError extends MisuseError {
  constructor(file: string) {
    super(
      `${file} cannot be started together with something else`,
      "start files one at a time, names with names",
    );
  }
}

export class ParamsOfNamesError extends MisuseError {
  constructor(what: string) {
    super(
      `params go with a strategy file, not with ${what}`,
      "add it again with its params: `kumbh add FILE.ts --name NAME -- --key value`",
    );
  }
}

export class NoFleetFileError extends MisuseError {
  constructor(flag: string) {
    super(`${flag} goes with a fleet file`, "e.g. `kumbh start ecosystem.toml --only btc,eth`");
  }
}

export class NotInFileError extends MisuseError {
  constructor(file: string, name: string, known: readonly string[]) {
    super(`${file} holds no strategy "${name}"${didYouMean(name, known)}`, "see the file");
  }
}

export class NotAStrategyFileError extends MisuseError {
  constructor(file: string) {
    super(
      `${file} is neither a strategy nor a fleet file`,
      "a strategy's file ends in .ts, a fleet's in .toml",
    );
  }
}

/** Names shown of a fleet; the rest is counted. */
const NAMES_SHOWN = 10;

export class NameMissingError extends MisuseError {
  constructor(verb: string, known: readonly string[]) {
    super(
      known.length === 0
        ? `there is no strategy to ${verb}`
        : `which strategy to ${verb} is not said`,
      known.length === 0
        ? "start one: `kumbh start ecosystem.toml`"
        : `name one or more, or \`all\`: ${listNames(known, NAMES_SHOWN)}`,
    );
  }
}

export class LogNameMissingError extends MisuseError {
  constructor(known: readonly string[]) {
    super(
      known.length === 0 ? "there is no log yet" : "whose log to show is not said",
      known.length === 0
        ? "start a strategy: `kumbh start ecosystem.toml`"
        : `name one: ${listNames(known, NAMES_SHOWN)}`,
    );
  }
}

export class BacktestMissingError extends MisuseError {
  constructor(kept: number) {
    super(
      kept === 0 ? "no backtest is kept" : "which backtest to show is not said",
      kept === 0
        ? "run one with `kumbh backtest FILE.ts`"
        : "name its number: `kumbh backtest ls` lists them",
    );
  }
}

export class NobodyToAskError extends MisuseError {
  constructor(question: string) {
    super(`there is no terminal to ask on: ${question}`, "say yes beforehand with `--yes`");
  }
}

export class UnknownShellError extends MisuseError {
  constructor(name: string, known: readonly string[]) {
    super(`no completion for "${name}"${didYouMean(name, known)}`, `there is ${known.join(", ")}`);
  }
}
