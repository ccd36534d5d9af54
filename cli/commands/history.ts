import type { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { readLimit } from "#cli/flags.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { HistoryFlags } from "#cli/verbs/watching.ts";
import { renderHistory } from "#cli/view/history.ts";
import { UnknownStrategyError } from "#shared/errors.ts";

export async function history(
  context: Context,
  name: string | undefined,
  flags: HistoryFlags,
): Promise<ExitCode> {
  const limit = readLimit(flags.limit);
  const client = await connect(context);
  const { events } = await client.call("history", { name, limit });
  if (name !== undefined && events.length === 0) await requireKnown(client, name);
  const oldestFirst = events.toSorted((a, b) => a.id - b.id);
  if (flags.json === true) await printJson(oldestFirst);
  else await print(renderHistory(oldestFirst, await currentScreen(context)));
  return 0;
}

/** Of a strategy that was removed there are events still; of a slip of the pen there are none. */
async function requireKnown(client: Client, name: string): Promise<void> {
  const { strategies } = await client.call("list", {});
  const known = strategies.map((strategy) => strategy.name);
  if (!known.includes(name)) throw new UnknownStrategyError(name, known);
}
