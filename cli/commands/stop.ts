import { namesOrChoice } from "#cli/choose.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printWarnings } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { renderDone } from "#cli/view/outcome.ts";
import type { LifecycleState } from "#shared/control-api.ts";

/** States in which there is something to stop. */
const STOPPABLE: readonly LifecycleState[] = ["starting", "running", "backoff", "stopping"];

/** The manager answers when none of them has a process any more. */
export async function stop(context: Context, typed: readonly string[]): Promise<ExitCode> {
  const client = await connect(context);
  const names = await namesOrChoice(client, typed, { verb: "stop", states: STOPPABLE });
  if (names.length === 0) return 1;
  const done = await client.call("stop", { names: [...names] });
  await print(renderDone(done, await currentScreen(context)));
  await printWarnings(done.warnings);
  return 0;
}
