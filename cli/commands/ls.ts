import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderFleet } from "#cli/view/fleet.ts";

export async function ls(context: Context, { json }: JsonFlag): Promise<ExitCode> {
  const client = await connect(context);
  const fleet = await client.call("list", {});
  if (json === true) await printJson(fleet);
  else await print(renderFleet(fleet, await currentScreen()));
  return 0;
}
