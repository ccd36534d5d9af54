import { readId } from "#cli/backtest-result.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { printAside } from "#cli/output.ts";

export async function backtestRm(context: Context, texts: readonly string[]): Promise<ExitCode> {
  const ids = [...new Set(texts.map(readId))];
  const client = await connect(context);
  await client.call("removeBacktests", { ids });
  await printAside(`forgot ${ids.join(", ")}`);
  return 0;
}
