import { namesOrChoice } from "#cli/choose.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { readWait } from "#cli/flags.ts";
import { mayStart } from "#cli/real-orders.ts";
import { settle } from "#cli/settle.ts";
import type { WaitFlag } from "#cli/verbs/fleet.ts";
import { pidsOf } from "#cli/wait.ts";

export async function restart(
  context: Context,
  typed: readonly string[],
  flags: WaitFlag,
): Promise<ExitCode> {
  const withinMs = readWait(flags.wait);
  const client = await connect(context);
  const names = await namesOrChoice(client, typed, { verb: "restart" });
  if (names.length === 0) return 1;
  if (!(await mayStart(client, context, names))) return 1;
  const pids = await pidsOf(client, names);
  const done = await client.call("restart", { names: [...names], yes: true });
  return await settle(client, done, { withinMs, pids });
}
