/** Asking a person for the params of a strategy, one after another. */
import { isExitPrompt } from "#cli/ask.ts";
import type { Param } from "#cli/view/params.ts";

/** What was answered, as it would be typed; undefined when the person left (Ctrl-C). */
export async function askParams(
  params: readonly Param[],
): Promise<Record<string, string> | undefined> {
  const { input, select } = await import("@inquirer/prompts");
  const output = { output: process.stderr };
  const answers: Record<string, string> = {};
  try {
    for (const { name, choices, isBoolean, description, type, default: standard } of params) {
      const message = description === "" ? `${name} (${type})` : `${name}: ${description}`;
      const listed = isBoolean ? ["true", "false"] : choices;
      const initial = standard === undefined || standard === "" ? {} : { default: standard };
      const answer =
        listed.length > 0
          ? await select({ message, choices: [...listed], ...initial }, output)
          : await input({ message, required: standard === undefined, ...initial }, output);
      // Left empty is left out.
      if (answer !== "") answers[name] = answer;
    }
    return answers;
  } catch (thrown) {
    if (isExitPrompt(thrown)) return undefined;
    throw thrown;
  }
}
