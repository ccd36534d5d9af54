import { confirmed } from "#cli/ask.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { NobodyToAskError } from "#cli/misuse.ts";
import { print, printAside, printWarnings } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import { canAsk } from "#cli/terminal.ts";
import type { RemoveFlags } from "#cli/verbs/fleet.ts";
import { renderDone } from "#cli/view/outcome.ts";
import { UnknownStrategyError } from "#shared/errors.ts";

export async function remove(
  context: Context,
  names: readonly string[],
  flags: RemoveFlags,
): Promise<ExitCode> {
  const purge = flags.purge === true;
  const question = `remove ${names.join(", ")}${purge ? " and delete their databases" : ""}?`;
  if (!context.yes && !canAsk()) throw new NobodyToAskError(question);
  const client = await connect(context);
  const { strategies } = await client.call("list", {});
  requireKnown(
    names,
    strategies.map(({ name }) => name),
  );
  if (!context.yes && !(await confirmed(question))) {
    await printAside("nothing was changed");
    return 1;
  }
  const done = await client.call("remove", { names: [...names], purge });
  await print(renderDone(done, await currentScreen(context)));
  await printWarnings(done.warnings);
  return 0;
}

/** Nobody should be asked about what is not there. */
function requireKnown(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => name !== "all" && !known.includes(name));
  if (unknown !== undefined) throw new UnknownStrategyError(unknown, known);
}
