/** The end of every command that starts something: what became of it. */
import type { Client } from "#cli/client.ts";
import type { ExitCode } from "#cli/context.ts";
import { print, printWarnings } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { renderDone, renderOutcomes } from "#cli/view/outcome.ts";
import { waitFor } from "#cli/wait.ts";
import type { Done } from "#shared/control-api.ts";

export interface SettleOptions {
  /** Undefined: does not wait. */
  readonly withinMs: number | undefined;
  /** Processes that must have made way for others. */
  readonly pids?: ReadonlyMap<string, number>;
}

/** Waits until all of them run and says what became of each; 1 when one of them does not. */
export async function settle(
  client: Client,
  done: Done,
  { withinMs, pids }: SettleOptions,
): Promise<ExitCode> {
  await printWarnings(done.warnings);
  const screen = await currentScreen();
  if (withinMs === undefined) {
    await print(renderDone(done, screen));
    return 0;
  }
  const pidsBefore = new Map(done.done.map(({ name }) => [name, pids?.get(name) ?? null]));
  const outcomes = await waitFor(client, pidsBefore, withinMs);
  await print(renderOutcomes(outcomes, screen));
  return [...outcomes.values()].every((outcome) => outcome.kind === "reached") ? 0 : 1;
}
