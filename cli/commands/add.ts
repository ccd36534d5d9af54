import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { fileKindOf, strategyEntry } from "#cli/entries.ts";
import { NotAStrategyFileError } from "#cli/misuse.ts";
import { print, printRemark, printWarnings } from "#cli/output.ts";
import { readParams } from "#cli/params.ts";
import { mayAdd } from "#cli/real-orders.ts";
import { currentScreen } from "#cli/screen.ts";
import type { AddFlags } from "#cli/verbs/fleet.ts";
import { renderDone } from "#cli/view/outcome.ts";

export async function add(
  context: Context,
  file: string,
  params: readonly string[],
  flags: AddFlags,
): Promise<ExitCode> {
  if (fileKindOf(file) !== "strategy") throw new NotAStrategyFileError(file);
  const entry = strategyEntry(file, flags.name, readParams(params));
  const client = await connect(context);
  if (!(await mayAdd(client, context, entry))) return 1;
  const done = await client.call("add", { entry, yes: true });
  await print(renderDone(done, await currentScreen(context)));
  await printWarnings(done.warnings);
  const names = done.done.map(({ name }) => name).join(" ");
  await printRemark(`next: \`kumbh start ${names}\``);
  return 0;
}
