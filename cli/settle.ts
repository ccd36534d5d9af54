/** The end of every command that starts something: what became of it. */
import { openArrivals } from "#cli/arrivals.ts";
import type { Client } from "#cli/client.ts";
import type { ExitCode } from "#cli/context.ts";
import { print, printAside, printWarnings } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { renderDone } from "#cli/view/outcome.ts";
import { type Outcome, waitFor } from "#cli/wait.ts";
import type { Done } from "#shared/control-api.ts";

export interface SettleOptions {
  /** Undefined: does not wait. */
  readonly withinMs: number | undefined;
  /** Processes that must have made way for others. */
  readonly pids?: ReadonlyMap<string, number>;
}

/** What a shell gives for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Shows them coming up and says what became of each; 1 when one of them does not run. Ctrl-C ends the
 * waiting, not the strategies: what is left in which state is said.
 */
export async function settle(
  client: Client,
  done: Done,
  { withinMs, pids }: SettleOptions,
): Promise<ExitCode> {
  await printWarnings(done.warnings);
  if (withinMs === undefined || done.done.length === 0) {
    await print(renderDone(done, await currentScreen()));
    return 0;
  }
  const pidsBefore = new Map(done.done.map(({ name }) => [name, pids?.get(name) ?? null]));
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const display = openArrivals(withinMs);
  try {
    const outcomes = await waitFor(client, pidsBefore, {
      withinMs,
      onOutcomes: async (known) => await display.update(known),
      signal: controller.signal,
    });
    await display.end(outcomes);
    if (!controller.signal.aborted) return allRun(outcomes) ? 0 : 1;
    await printAside("not waited for any longer; what is on its way goes on: see `kumbh ls`");
    return INTERRUPTED;
  } finally {
    display.clear();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

const allRun = (outcomes: ReadonlyMap<string, Outcome>): boolean =>
  [...outcomes.values()].every(({ kind }) => kind === "reached");
