/** The answers of `kumbh new`: from flags, else from a person, with `--yes` as the example has it. */
import type { Context } from "#cli/context.ts";
import { AnswersMissingError } from "#cli/init/errors.ts";
import { BadCoinError, FlagChoiceError, FlagValueError, NoTimeframeError } from "#cli/misuse.ts";
import { KIND_FACTS, Kind } from "#cli/new/kind.ts";
import { timeframesOf, type Wish } from "#cli/new/text.ts";
import { canAsk } from "#cli/terminal.ts";
import type { NewFlags } from "#cli/verbs/setup.ts";
import { Coin } from "#shared/candle.ts";
import { checkName, StrategyName } from "#shared/strategy-name.ts";
import { Timeframe } from "#shared/timeframe.ts";

/** Questions go to stderr: stdout is for the answer. */
const OUTPUT = { output: process.stderr };

/** Throws for an answer that cannot be, and `AnswersMissingError` without a terminal. */
export async function wishOf(
  { yes }: Pick<Context, "yes">,
  said: string | undefined,
  flags: NewFlags,
): Promise<Wish> {
  const given = {
    name: said === undefined ? undefined : checkName(said),
    kind: flags.kind === undefined ? undefined : readKind(flags.kind),
    coin: flags.coin === undefined ? undefined : readCoin(flags.coin),
    timeframe: flags.timeframe === undefined ? undefined : readTimeframe(flags.timeframe),
  };
  requireAll(given, yes);
  const name = given.name ?? (await askName());
  const kind = given.kind ?? (yes ? "sma-cross" : await askKind());
  const facts = KIND_FACTS[kind];
  const coin = given.coin ?? (yes ? facts.coin : await askCoin(facts.coin));
  const known = timeframesOf(kind);
  const timeframe =
    given.timeframe ?? (yes ? facts.timeframe : await askTimeframe(known, facts.timeframe));
  if (!known.includes(timeframe)) {
    throw new FlagValueError("--timeframe", timeframe, `of a ${kind} must have a longer one`, "1h");
  }
  return { name, kind, coin, timeframe };
}

/** Without a terminal, everything that would be asked has to be said. */
function requireAll(given: { readonly [Key in keyof Wish]: Wish[Key] | undefined }, yes: boolean) {
  if (canAsk()) return;
  const missing = [
    ...(given.name === undefined ? ["NAME"] : []),
    ...(given.kind === undefined && !yes ? ["--kind KIND"] : []),
    ...(given.coin === undefined && !yes ? ["--coin COIN"] : []),
    ...(given.timeframe === undefined && !yes ? ["--timeframe TIMEFRAME"] : []),
  ];
  if (missing.length > 0) throw new AnswersMissingError("new", missing);
}

function readKind(text: string): Kind {
  const parsed = Kind.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new FlagChoiceError("--kind", text, Kind.options);
}

function readCoin(text: string): string {
  if (!isCoin(text)) throw new BadCoinError(text);
  return text;
}

function readTimeframe(text: string): Timeframe {
  const parsed = Timeframe.safeParse(text);
  if (!parsed.success) throw new NoTimeframeError(text, Timeframe.options);
  return parsed.data;
}

/** A quote or a backslash would end the text that it is written into. */
const isCoin = (text: string): boolean => Coin.safeParse(text).success && !/["\\]/.test(text);

async function askName(): Promise<string> {
  const { input } = await import("@inquirer/prompts");
  return await input(
    { message: "name of the strategy", required: true, validate: validateName },
    OUTPUT,
  );
}

async function askKind(): Promise<Kind> {
  const { select } = await import("@inquirer/prompts");
  const choices = Kind.options.map((value) => ({
    value,
    name: `${value.padEnd(10)} ${KIND_FACTS[value].description}`,
    short: value,
  }));
  return await select({ message: "begins as", choices }, OUTPUT);
}

async function askCoin(standard: string): Promise<string> {
  const { input } = await import("@inquirer/prompts");
  return await input({ message: "coin", default: standard, validate: validateCoin }, OUTPUT);
}

async function askTimeframe(known: readonly Timeframe[], standard: Timeframe): Promise<Timeframe> {
  const { select } = await import("@inquirer/prompts");
  return await select({ message: "timeframe", choices: [...known], default: standard }, OUTPUT);
}

const validateName = (text: string): true | string =>
  StrategyName.safeParse(text).success || "small letters, digits and hyphens, a letter first";
const validateCoin = (text: string): true | string =>
  isCoin(text) || "as the exchange writes it, e.g. BTC";
