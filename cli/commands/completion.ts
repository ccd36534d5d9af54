import type { Command } from "commander";
import { Client } from "#cli/client.ts";
import { candidatesFor, type ParamPlace, paramWords } from "#cli/completion/candidates.ts";
import { scriptFor } from "#cli/completion/scripts.ts";
import { contextOf, type ExitCode } from "#cli/context.ts";
import { UnknownShellError } from "#cli/misuse.ts";
import { print } from "#cli/output.ts";
import { SHELLS } from "#cli/verbs/setup.ts";
import { KumbhError } from "#shared/errors.ts";

/** Longest wait for the manager while a person waits for a word, in ms. */
const NAMES_MS_MAX = 300;
/** The same where the manager bundles a file and asks it for its params. */
const PARAMS_MS_MAX = 3000;

export async function completion(name: string): Promise<ExitCode> {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) throw new UnknownShellError(name, SHELLS);
  await print(scriptFor(shell));
  return 0;
}

/** One word a line; starts no manager, and says nothing where none answers. */
export async function complete(program: Command, words: readonly string[]): Promise<ExitCode> {
  const { words: known, strategies, params } = candidatesFor(program, words);
  const current = words.at(-1) ?? "";
  const names = strategies ? await namesOf(words) : [];
  const own = params === undefined ? [] : await paramsAt(words, params);
  const found = [...own, ...names].filter((word) => word.startsWith(current));
  const all = [...found, ...known.filter((word) => !found.includes(word))];
  if (all.length > 0) await print(all.join("\n"));
  return 0;
}

const namesOf = async (words: readonly string[]): Promise<readonly string[]> =>
  await askQuietly(words, async (client) => {
    const { strategies } = await client.call("list", {});
    return strategies.map(({ name }) => name);
  });

const paramsAt = async (words: readonly string[], place: ParamPlace): Promise<readonly string[]> =>
  await askQuietly(words, async (client) => {
    const [{ subjectOf }, { paramsOf }] = await Promise.all([
      import("#cli/backtest-subject.ts"),
      import("#cli/view/params.ts"),
    ]);
    const strategy = subjectOf(place.what);
    if (place.filesOnly && strategy.kind !== "file") return [];
    return paramWords(paramsOf(await client.call("params", { strategy })), place);
  });

/** Of the manager that the words name; nothing where none answers. */
async function askQuietly(
  words: readonly string[],
  ask: (client: Client) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const valueOf = (flag: string) => words.slice(0, -1)[words.indexOf(flag) + 1];
  const flags = {
    ...(words.includes("--home") ? { home: valueOf("--home") ?? "" } : {}),
    ...(words.includes("--socket") ? { socket: valueOf("--socket") ?? "" } : {}),
  };
  try {
    const { socket } = contextOf(flags, process.env);
    return await ask(new Client(socket, { list: NAMES_MS_MAX, params: PARAMS_MS_MAX }));
  } catch (thrown) {
    // Whoever presses tab did not ask why there is no manager.
    if (thrown instanceof KumbhError) return [];
    throw thrown;
  }
}
