/** Questions to a person. */

/** Asks; no and Ctrl-C are both no. Only where somebody can answer: see `canAsk`. */
export async function confirmed(question: string): Promise<boolean> {
  const { confirm } = await import("@inquirer/prompts");
  try {
    return await confirm({ message: question, default: false }, { output: process.stderr });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "ExitPromptError") return false;
    throw thrown;
  }
}
