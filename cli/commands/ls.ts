import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { readSortKey, readStates, selectStrategies } from "#cli/selection.ts";
import type { ListFlags } from "#cli/verbs/watching.ts";
import { renderFleet } from "#cli/view/fleet.ts";
import { sortStrategies } from "#cli/view/sort.ts";

export async function ls(
  context: Context,
  which: readonly string[],
  flags: ListFlags,
): Promise<ExitCode> {
  const states = readStates(flags.state);
  const key = readSortKey(flags.sort);
  const client = await connect(context);
  const fleet = await client.call("list", {});
  const chosen = selectStrategies(fleet.strategies, which).filter(
    ({ state }) => states === undefined || states.includes(state),
  );
  const strategies = key === undefined ? chosen : sortStrategies(chosen, key);
  if (flags.json === true) await printJson({ ...fleet, strategies });
  else await print(renderFleet(fleet, await currentScreen(context), strategies));
  return 0;
}
