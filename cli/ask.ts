/** Questions to a person. */
import type { Context } from "#cli/context.ts";
import { NobodyToAskError } from "#cli/misuse.ts";
import { canAsk } from "#cli/terminal.ts";

/** Whether a person says yes, or has said it beforehand. Throws `NobodyToAskError` without a terminal. */
export async function agreed({ yes }: Pick<Context, "yes">, question: string): Promise<boolean> {
  if (yes) return true;
  if (!canAsk()) throw new NobodyToAskError(question);
  return await confirmed(question);
}

/** Asks; no and Ctrl-C are both no. Only where somebody can answer: see `canAsk`. */
export async function confirmed(question: string): Promise<boolean> {
  const { confirm } = await import("@inquirer/prompts");
  try {
    return await confirm({ message: question, default: false }, { output: process.stderr });
  } catch (thrown) {
    if (isExitPrompt(thrown)) return false;
    throw thrown;
  }
}

/** Whether a person left a question with Ctrl-C. */
export const isExitPrompt = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === "ExitPromptError";
