import { checkFlags, readTrades } from "#cli/backtest-flags.ts";
import { readId, showResult } from "#cli/backtest-result.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import type { ShowFlags } from "#cli/verbs/backtest.ts";

export async function backtestShow(
  context: Context,
  text: string,
  flags: ShowFlags,
): Promise<ExitCode> {
  const id = readId(text);
  checkFlags(flags);
  const trades = readTrades(flags.trades);
  const client = await connect(context);
  const report = await client.call("backtest", { id });
  await showResult(client, report, trades, flags);
  return 0;
}
