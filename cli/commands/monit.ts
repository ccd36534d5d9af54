import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { canWatch } from "#cli/terminal.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderMonitor } from "#cli/view/monit/once.ts";

/** The live screen on a terminal; elsewhere what it would show, once. */
export async function monit(context: Context, { json }: JsonFlag): Promise<ExitCode> {
  const client = await connect(context);
  if (json !== true && canWatch()) {
    const { monitLive } = await import("#cli/monit/live.ts");
    return await monitLive(client, context);
  }
  const monitor = await client.call("monitor", {});
  if (json === true) await printJson(monitor);
  else await print(renderMonitor(monitor, await currentScreen(context)));
  return 0;
}
