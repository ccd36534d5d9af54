/** Which strategies of the fleet a person means: by name, by pattern, by state. */
import { readList } from "#cli/list-flag.ts";
import { FlagChoiceError } from "#cli/misuse.ts";
import { SORT_KEYS, type SortKey } from "#cli/verbs/watching.ts";
import type { LifecycleState, StrategyView } from "#shared/control-api.ts";
import { LIFECYCLE_STATES } from "#shared/control-words.ts";
import { UnknownStrategyError } from "#shared/errors.ts";

/**
 * Those that any of the words names, in the fleet's order; no words, and the word `all`, name them all.
 * A word that is a strategy's name means that one, though it be a state or a pattern too. Throws
 * `UnknownStrategyError` for a plain word that names nothing; a pattern may match none.
 */
export function selectStrategies(
  strategies: readonly StrategyView[],
  words: readonly string[],
): readonly StrategyView[] {
  if (words.length === 0 || words.includes("all")) return strategies;
  const names = strategies.map(({ name }) => name);
  const tests = words.map((word) => testOf(word, names));
  return strategies.filter((strategy) => tests.some((matches) => matches(strategy)));
}

function testOf(word: string, names: readonly string[]): (strategy: StrategyView) => boolean {
  if (names.includes(word)) return ({ name }) => name === word;
  if (stateOf(word) !== undefined) return ({ state }) => state === word;
  if (!/[*?[{]/.test(word)) {
    throw new UnknownStrategyError(word, [...names, ...LIFECYCLE_STATES]);
  }
  const glob = new Bun.Glob(word);
  return ({ name }) => glob.match(name);
}

const stateOf = (word: string): LifecycleState | undefined =>
  LIFECYCLE_STATES.find((state) => state === word);

/** `--state running,failed`; undefined: any. */
export function readStates(text: string | undefined): readonly LifecycleState[] | undefined {
  if (text === undefined) return undefined;
  return readList("--state", text, "running,failed").map((word) => {
    const state = stateOf(word);
    if (state !== undefined) return state;
    throw new FlagChoiceError("--state", word, LIFECYCLE_STATES);
  });
}

/** `--sort cpu`; undefined: as they were added. */
export function readSortKey(text: string | undefined): SortKey | undefined {
  if (text === undefined) return undefined;
  const key = SORT_KEYS.find((known) => known === text);
  if (key !== undefined) return key;
  throw new FlagChoiceError("--sort", text, SORT_KEYS);
}
