import type { Command } from "commander";
import { Client } from "#cli/client.ts";
import { candidatesFor } from "#cli/completion/candidates.ts";
import { scriptFor } from "#cli/completion/scripts.ts";
import { contextOf, type ExitCode } from "#cli/context.ts";
import { UnknownShellError } from "#cli/misuse.ts";
import { print } from "#cli/output.ts";
import { SHELLS } from "#cli/verbs/setup.ts";
import { KumbhError } from "#shared/errors.ts";

/** Longest wait for the manager while a person waits for a word, in ms. */
const NAMES_MS_MAX = 300;

export async function completion(name: string): Promise<ExitCode> {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) throw new UnknownShellError(name, SHELLS);
  await print(scriptFor(shell));
  return 0;
}

/** One word a line; starts no manager, and says nothing where none answers. */
export async function complete(program: Command, words: readonly string[]): Promise<ExitCode> {
  const { words: known, strategies } = candidatesFor(program, words);
  const current = words.at(-1) ?? "";
  const names = strategies ? await namesOf(words) : [];
  const found = [...names.filter((name) => name.startsWith(current)), ...known];
  if (found.length > 0) await print(found.join("\n"));
  return 0;
}

async function namesOf(words: readonly string[]): Promise<readonly string[]> {
  const valueOf = (flag: string) => words.slice(0, -1)[words.indexOf(flag) + 1];
  const flags = {
    ...(words.includes("--home") ? { home: valueOf("--home") ?? "" } : {}),
    ...(words.includes("--socket") ? { socket: valueOf("--socket") ?? "" } : {}),
  };
  try {
    const { socket } = contextOf(flags, process.env);
    const { strategies } = await new Client(socket, { list: NAMES_MS_MAX }).call("list", {});
    return strategies.map(({ name }) => name);
  } catch (thrown) {
    // Whoever presses tab did not ask why there is no manager.
    if (thrown instanceof KumbhError) return [];
    throw thrown;
  }
}
