import { monit } from "#cli/commands/monit.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderDetail } from "#cli/view/detail.ts";

export async function show(
  context: Context,
  name: string | undefined,
  flags: JsonFlag,
): Promise<ExitCode> {
  if (name === undefined) return await monit(context, flags);
  const client = await connect(context);
  const detail = await client.call("show", { name });
  if (flags.json === true) await printJson(detail);
  else await print(renderDetail(detail, await currentScreen(context)));
  return 0;
}
