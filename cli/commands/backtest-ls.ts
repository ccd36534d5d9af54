import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderBacktests } from "#cli/view/backtests.ts";

export async function backtestLs(context: Context, { json }: JsonFlag): Promise<ExitCode> {
  const client = await connect(context);
  const { backtests } = await client.call("backtests", {});
  const oldestFirst = backtests.toReversed();
  if (json === true) await printJson(oldestFirst);
  else await print(renderBacktests(oldestFirst, await currentScreen(context)));
  return 0;
}
