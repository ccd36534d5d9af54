import { readId } from "#cli/backtest-result.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderComparison } from "#cli/view/backtest/compare.ts";

export async function backtestDiff(
  context: Context,
  [first, second]: readonly [string, string],
  { json }: JsonFlag,
): Promise<ExitCode> {
  const ids = { a: readId(first), b: readId(second) };
  const client = await connect(context);
  const a = await client.call("backtest", { id: ids.a });
  const b = await client.call("backtest", { id: ids.b });
  if (json === true) {
    await printJson({ a, b });
    return 0;
  }
  await print(renderComparison(a, b, await currentScreen(context)));
  return 0;
}
