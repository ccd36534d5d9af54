/** What can stand where the cursor is, by the verbs and options that commander knows. Pure. */
import type { Command, Option } from "commander";
import { KINDS, SHELLS } from "#cli/verbs/setup.ts";
import { SORT_KEYS } from "#cli/verbs/watching.ts";
import { Network } from "#shared/config.ts";
import { LifecycleState } from "#shared/control-api.ts";
import { TIMEFRAMES } from "#shared/timeframe.ts";

export interface Candidates {
  readonly words: readonly string[];
  /** Names of the fleet's strategies can stand here too. */
  readonly strategies: boolean;
}

/** Verbs whose arguments name strategies. */
const TAKE_STRATEGIES: readonly string[] = [
  "start",
  "stop",
  "restart",
  "remove",
  "show",
  "history",
  "ls",
  "backtest",
  "sweep",
];
/** Of these, the verbs that take `all`. */
const TAKE_ALL: readonly string[] = ["start", "stop", "restart", "remove"];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  "--network": Network.options,
  "--kind": KINDS,
  "--timeframe": TIMEFRAMES,
  "--sort": SORT_KEYS,
  "--state": LifecycleState.options,
};

const NONE: Candidates = { words: [], strategies: false };

/** Of the words after `kumbh`, the last is the one being typed, empty when it is not begun. */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  // Params of a strategy: only its file knows them.
  if (before.includes("--")) return NONE;
  const { verb, given, awaits } = walk(program, before);
  const found =
    awaits === undefined
      ? atVerb(program, verb, { given, current })
      : { words: VALUES[awaits.long ?? ""] ?? [], strategies: false };
  return { ...found, words: found.words.filter((word) => word.startsWith(current)) };
}

interface Place {
  readonly verb: Command;
  /** Arguments that stand already. */
  readonly given: number;
  /** The option whose value comes next. */
  readonly awaits: Option | undefined;
}

function walk(program: Command, words: readonly string[]): Place {
  let place: Place = { verb: program, given: 0, awaits: undefined };
  for (const word of words) {
    const { verb, given, awaits } = place;
    const inner =
      given === 0 ? verb.commands.find((command) => command.name() === word) : undefined;
    if (awaits !== undefined) place = { verb, given, awaits: undefined };
    else if (word.startsWith("-")) place = { verb, given, awaits: optionAwaiting(place, word) };
    else if (inner !== undefined) place = { verb: inner, given: 0, awaits: undefined };
    else place = { verb, given: given + 1, awaits: undefined };
  }
  return place;
}

function optionAwaiting({ verb }: Place, word: string): Option | undefined {
  const option = optionsOf(verb).find(({ long, short }) => word === long || word === short);
  return option !== undefined && (option.required || option.optional) ? option : undefined;
}

/** Of a verb and of those that it stands under: they may stand behind it too. */
const optionsOf = (verb: Command): readonly Option[] => [
  ...verb.options,
  ...(verb.parent === null ? [] : optionsOf(verb.parent)),
];

function atVerb(
  program: Command,
  verb: Command,
  { given, current }: { readonly given: number; readonly current: string },
): Candidates {
  if (current.startsWith("-")) {
    const longs = optionsOf(verb).flatMap(({ long }) => long ?? []);
    return { words: [...new Set([...longs, "--help"])], strategies: false };
  }
  const inner = given === 0 ? visible(verb) : [];
  const name = verb.name();
  if (verb.parent !== program) {
    return { words: verb === program ? [...inner, "help"] : inner, strategies: false };
  }
  if (name === "completion" && given === 0) return { words: SHELLS, strategies: false };
  const all = TAKE_ALL.includes(name) ? ["all"] : [];
  return { words: [...inner, ...all], strategies: TAKE_STRATEGIES.includes(name) };
}

/** The verbs under this one but that which only the shells use. */
const visible = (verb: Command): string[] =>
  verb.commands.map((command) => command.name()).filter((name) => name !== COMPLETE_VERB);

/** `kumbh complete -- WORD…`: what the scripts of the shells call. */
export const COMPLETE_VERB = "complete";
