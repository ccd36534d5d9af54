import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { fileKindOf, fleetEntries, strategyEntry } from "#cli/entries.ts";
import { NotAStrategyFileError, ParamsOfNamesError } from "#cli/misuse.ts";
import { print, printJson, printWarnings } from "#cli/output.ts";
import { readParams } from "#cli/params.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderCheck } from "#cli/view/plan.ts";
import type { FleetEntry } from "#shared/ecosystem.ts";

/** Changes nothing; what is refused is thrown. */
export async function check(
  context: Context,
  file: string,
  params: readonly string[],
  flags: JsonFlag,
): Promise<ExitCode> {
  const entries = entriesOf(file, readParams(params));
  const client = await connect(context);
  const plan = await client.call("check", { entries });
  if (flags.json === true) {
    await printJson(plan);
    return 0;
  }
  await print(renderCheck(plan, await currentScreen(context)));
  await printWarnings(plan.warnings);
  return 0;
}

function entriesOf(file: string, params: Record<string, string>): FleetEntry[] {
  const kind = fileKindOf(file);
  if (kind === undefined) throw new NotAStrategyFileError(file);
  if (kind === "strategy") return [strategyEntry(file, undefined, params)];
  if (Object.keys(params).length > 0) throw new ParamsOfNamesError("a fleet file");
  return fleetEntries(file);
}
