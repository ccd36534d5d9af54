/** What can stand where the cursor is, by the verbs and options that commander knows. Pure. */
import type { Command, Option } from "commander";
import { KINDS, SHELLS } from "#cli/verbs/setup.ts";
import { SORT_KEYS } from "#cli/verbs/watching.ts";
import type { Param } from "#cli/view/params.ts";
import { Network } from "#shared/config.ts";
import { LifecycleState } from "#shared/control-api.ts";
import { TIMEFRAMES } from "#shared/timeframe.ts";

export interface Candidates {
  readonly words: readonly string[];
  /** Names of the fleet's strategies can stand here too. */
  readonly strategies: boolean;
  /** What only the strategy knows can stand here too. */
  readonly params?: ParamPlace;
}

/** A strategy, by name or file, and what of its params is being typed. */
export interface ParamPlace {
  readonly what: string;
  /** A strategy of the fleet is told its params elsewhere. */
  readonly filesOnly: boolean;
  /** The param whose value can stand here. */
  readonly valueOf: string | undefined;
  /** Words as typed up to here: a param is not given twice. */
  readonly given: readonly string[];
}

/** Verbs whose arguments name strategies. */
const TAKE_STRATEGIES: readonly string[] = [
  "start",
  "stop",
  "restart",
  "remove",
  "show",
  "history",
  "logs",
  "ls",
  "backtest",
  "sweep",
];
/** Of these, the verbs that take one, and its params behind it: `--` need not part them. */
const TAKE_PARAMS: readonly string[] = ["backtest", "sweep"];
/** Verbs that take params behind `--`; those that are not above take them for a file alone. */
const TAKE_PARAMS_APART: readonly string[] = [...TAKE_PARAMS, "add", "start"];
/** The verbs that take `all`. */
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
  const parted = before.indexOf("--");
  const place = walk(program, parted < 0 ? before : before.slice(0, parted));
  if (parted >= 0) {
    const given = before.slice(parted + 1);
    return { ...NONE, ...paramsAt(program, place, { takers: TAKE_PARAMS_APART, given, current }) };
  }
  const { awaits } = place;
  const found =
    awaits === undefined
      ? { ...atVerb(program, place, current), ...paramsBehind(program, place, { before, current }) }
      : { words: VALUES[awaits.long ?? ""] ?? [], strategies: false };
  return { ...found, words: found.words.filter((word) => word.startsWith(current)) };
}

/** Params that stand among options of ours. */
function paramsBehind(
  program: Command,
  place: Place,
  { before, current }: { readonly before: readonly string[]; readonly current: string },
): Pick<Candidates, "params"> {
  const isOurs = optionsOf(place.verb).some(({ long, short }) =>
    [long, short].includes(before.at(-1)),
  );
  const given = isOurs ? [...before, ""] : before;
  return paramsAt(program, place, { takers: TAKE_PARAMS, given, current });
}

interface Typing {
  /** Verbs that take params here. */
  readonly takers: readonly string[];
  readonly given: readonly string[];
  readonly current: string;
}

function paramsAt(
  program: Command,
  { verb, args: [what] }: Place,
  { takers, given, current }: Typing,
): Pick<Candidates, "params"> {
  if (what === undefined || verb.parent !== program || !takers.includes(verb.name())) return {};
  const last = given.at(-1) ?? "";
  const isValue = last.startsWith("--") && !last.includes("=") && !current.startsWith("-");
  const valueOf = isValue ? last.slice("--".length) : undefined;
  return { params: { what, filesOnly: !TAKE_PARAMS.includes(verb.name()), valueOf, given } };
}

/** What can stand there, of the strategy's own params. */
export function paramWords(params: readonly Param[], { valueOf, given }: ParamPlace): string[] {
  const param = params.find(({ name }) => name === valueOf);
  if (param !== undefined) return param.isBoolean ? ["true", "false"] : [...param.choices];
  return params.map(({ name }) => `--${name}`).filter((flag) => !given.includes(flag));
}

interface Place {
  readonly verb: Command;
  /** Arguments that stand already. */
  readonly args: readonly string[];
  /** The option whose value comes next. */
  readonly awaits: Option | undefined;
}

function walk(program: Command, words: readonly string[]): Place {
  let place: Place = { verb: program, args: [], awaits: undefined };
  for (const word of words) {
    const { verb, args, awaits } = place;
    const inner =
      args.length === 0 ? verb.commands.find((command) => command.name() === word) : undefined;
    if (awaits !== undefined) place = { verb, args, awaits: undefined };
    else if (word.startsWith("-")) place = { verb, args, awaits: optionAwaiting(place, word) };
    else if (inner !== undefined) place = { verb: inner, args: [], awaits: undefined };
    else place = { verb, args: [...args, word], awaits: undefined };
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

function atVerb(program: Command, { verb, args }: Place, current: string): Candidates {
  if (current.startsWith("-")) {
    const longs = optionsOf(verb).flatMap(({ long }) => long ?? []);
    return { words: [...new Set([...longs, "--help"])], strategies: false };
  }
  const inner = args.length === 0 ? visible(verb) : [];
  const name = verb.name();
  if (verb.parent !== program) {
    return { words: verb === program ? [...inner, "help"] : inner, strategies: false };
  }
  if (name === "completion" && args.length === 0) return { words: SHELLS, strategies: false };
  const all = TAKE_ALL.includes(name) ? ["all"] : [];
  const isNamed = TAKE_PARAMS.includes(name) && args.length > 0;
  return { words: [...inner, ...all], strategies: TAKE_STRATEGIES.includes(name) && !isNamed };
}

/** The verbs under this one but that which only the shells use. */
const visible = (verb: Command): string[] =>
  verb.commands.map((command) => command.name()).filter((name) => name !== COMPLETE_VERB);

/** `kumbh complete -- WORD…`: what the scripts of the shells call. */
export const COMPLETE_VERB = "complete";
