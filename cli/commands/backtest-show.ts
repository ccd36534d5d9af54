import { checkFlags, readTrades } from "#cli/backtest-flags.ts";
import { readId, showResult } from "#cli/backtest-result.ts";
import { backtestOrChoice } from "#cli/choose.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import type { ShowFlags } from "#cli/verbs/backtest.ts";

export async function backtestShow(
  context: Context,
  typed: string | undefined,
  flags: ShowFlags,
): Promise<ExitCode> {
  checkFlags(flags);
  const trades = readTrades(flags.trades);
  if (typed !== undefined) readId(typed);
  const client = await connect(context);
  const chosen = await backtestOrChoice(client, typed);
  if (chosen === undefined) return 1;
  const report = await client.call("backtest", { id: readId(chosen) });
  await showResult(client, report, trades, { ...flags, utc: context.utc });
  return 0;
}
