/** A verb without a name: a person chooses, a program is told what there is to name. */
import { isExitPrompt } from "#cli/ask.ts";
import type { Client } from "#cli/client.ts";
import { BacktestMissingError, LogNameMissingError, NameMissingError } from "#cli/misuse.ts";
import { canAsk } from "#cli/terminal.ts";
import { backtestChoices, strategyChoices } from "#cli/view/choices.ts";
import type { LifecycleState } from "#shared/control-api.ts";

/** Choices that are seen at once; the rest is reached by the arrows. */
const PAGE_SIZE = 15;

export interface Choosing {
  readonly verb: string;
  /** Those that the verb would do something to; undefined: all of them. */
  readonly states?: readonly LifecycleState[];
}

/** The names as they were typed, or those that a person chooses; none: nothing was chosen. Throws `NameMissingError`. */
export async function namesOrChoice(
  client: Client,
  names: readonly string[],
  { verb, states }: Choosing,
): Promise<readonly string[]> {
  if (names.length > 0) return names;
  const { strategies } = await client.call("list", {});
  const offered = strategies.filter(({ state }) => states?.includes(state) ?? true);
  if (!canAsk() || offered.length === 0) {
    throw new NameMissingError(
      verb,
      offered.map(({ name }) => name),
    );
  }
  const { checkbox } = await import("@inquirer/prompts");
  const choices = strategyChoices(offered);
  const asked = { message: `${verb} which?`, choices, pageSize: PAGE_SIZE, required: true };
  return (await answered(checkbox(asked, { output: process.stderr }))) ?? [];
}

/** The backtest that was typed, or the one that a person chooses; undefined: none was. Throws `BacktestMissingError`. */
export async function backtestOrChoice(
  client: Client,
  typed: string | undefined,
): Promise<string | undefined> {
  if (typed !== undefined) return typed;
  const { backtests } = await client.call("backtests", {});
  if (!canAsk() || backtests.length === 0) throw new BacktestMissingError(backtests.length);
  const { select } = await import("@inquirer/prompts");
  const choices = backtestChoices(backtests);
  const asked = { message: "show which backtest?", choices, pageSize: PAGE_SIZE };
  return await answered(select(asked, { output: process.stderr }));
}

/** The name that was typed, or the one of these logs that a person chooses; undefined: none was. Throws `LogNameMissingError`. */
export async function logOrChoice(
  names: readonly string[],
  typed: string | undefined,
): Promise<string | undefined> {
  if (typed !== undefined) return typed;
  if (!canAsk() || names.length === 0) throw new LogNameMissingError(names);
  const { select } = await import("@inquirer/prompts");
  const asked = { message: "show which log?", choices: names, pageSize: PAGE_SIZE };
  return await answered(select(asked, { output: process.stderr }));
}

/** Undefined when the person left by Ctrl-C. */
async function answered<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (isExitPrompt(thrown)) return undefined;
    throw thrown;
  }
}
