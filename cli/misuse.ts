/** What a person typed and cannot be done: one sentence each, exit code 2. */
import type { Command, CommanderError } from "commander";
import { KumbhError } from "#shared/errors.ts";
import { listNames } from "#shared/format.ts";
import { didYouMean } from "#shared/near.ts";

class MisuseError extends KumbhError {
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
    return new UnknownCommandError(
      quoted,
      program.commands.map((command) => command.name()),
    );
  }
  const verb = program.commands.find((command) => args.includes(command.name()));
  if (error.code === "commander.unknownOption") {
    const known = [...program.options, ...(verb?.options ?? [])].map((option) => option.long ?? "");
    return new UnknownFlagError(quoted, known, verb);
  }
  return new UsageError(error.message.replace(/^error: /, "").replaceAll("'", "`"), verb);
}

class UnknownCommandError extends MisuseError {
  constructor(name: string, known: readonly string[]) {
    super(`no command "${name}"${didYouMean(name, known)}`, "see `kumbh --help`");
  }
}

class UnknownFlagError extends MisuseError {
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

class UsageError extends MisuseError {
  constructor(message: string, verb: Command | undefined) {
    super(message, helpOf(verb));
  }
}

const helpOf = (verb: Command | undefined): string =>
  verb === undefined ? "see `kumbh --help`" : `see \`kumbh ${verb.name()} --help\``;

export class FlagValueError extends MisuseError {
  constructor(flag: string, value: string, must: string, example: string) {
    super(`${flag} ${must}, not "${value}"`, `write e.g. \`${flag} ${example}\``);
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

export class NobodyToAskError extends MisuseError {
  constructor(question: string) {
    super(`there is no terminal to ask on: ${question}`, "say yes beforehand with `--yes`");
  }
}
