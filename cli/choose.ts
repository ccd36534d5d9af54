/** A verb without a name: a person chooses, a program is told which names there are. */
import { isExitPrompt } from "#cli/ask.ts";
import type { Client } from "#cli/client.ts";
import { NameMissingError } from "#cli/misuse.ts";
import { canAsk } from "#cli/terminal.ts";

/** The names as they were typed, or those that a person chooses; none: nothing was chosen. Throws `NameMissingError`. */
export async function namesOrChoice(
  client: Client,
  names: readonly string[],
  verb: string,
): Promise<readonly string[]> {
  if (names.length > 0) return names;
  const { strategies } = await client.call("list", {});
  const known = strategies.map(({ name }) => name);
  if (!canAsk() || known.length === 0) throw new NameMissingError(verb, known);
  const { checkbox } = await import("@inquirer/prompts");
  const choices = strategies.map(({ name, state }) => ({ value: name, name: `${name}  ${state}` }));
  try {
    return await checkbox({ message: `${verb} which?`, choices }, { output: process.stderr });
  } catch (thrown) {
    if (isExitPrompt(thrown)) return [];
    throw thrown;
  }
}
