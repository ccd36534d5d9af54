import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderArchive } from "#cli/view/candles.ts";

export async function candlesLs(context: Context, { json }: JsonFlag): Promise<ExitCode> {
  const client = await connect(context);
  const archive = await client.call("candles", {});
  if (json === true) await printJson(archive);
  else await print(renderArchive(archive, await currentScreen(context)));
  return 0;
}
