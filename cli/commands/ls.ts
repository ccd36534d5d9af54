import type { Context, ExitCode } from "#cli/context.ts";
import { print, printJson } from "#cli/output.ts";
import { quickList } from "#cli/quick-list.ts";
import { currentScreen } from "#cli/screen.ts";
import { readSortKey, readStates, selectStrategies } from "#cli/selection.ts";
import type { ListFlags } from "#cli/verbs/watching.ts";
import { renderFleet } from "#cli/view/fleet.ts";
import { sortStrategies } from "#cli/view/sort.ts";
import type { Fleet } from "#shared/control-api.ts";

export async function ls(
  context: Context,
  which: readonly string[],
  flags: ListFlags,
): Promise<ExitCode> {
  const states = readStates(flags.state);
  const key = readSortKey(flags.sort);
  const fleet = (await quickList(context)) ?? (await carefulList(context));
  const chosen = selectStrategies(fleet.strategies, which).filter(
    ({ state }) => states === undefined || states.includes(state),
  );
  const strategies = key === undefined ? chosen : sortStrategies(chosen, key);
  if (flags.json === true) await printJson({ ...fleet, strategies });
  else await print(renderFleet(fleet, await currentScreen(context), strategies));
  return 0;
}

/** Starts the manager if there is none. Loaded only where it is needed: it costs what all the rest does. */
async function carefulList(context: Context): Promise<Fleet> {
  const { connect } = await import("#cli/connect.ts");
  return await (await connect(context)).call("list", {});
}
