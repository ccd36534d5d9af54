import { confirmed } from "#cli/ask.ts";
import { namesOrChoice } from "#cli/choose.ts";
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
  typed: readonly string[],
  flags: RemoveFlags,
): Promise<ExitCode> {
  const purge = flags.purge === true;
  const questionOf = (names: readonly string[]) =>
    `remove ${names.join(", ")}${purge ? " and delete their databases" : ""}?`;
  if (typed.length > 0 && !context.yes && !canAsk()) throw new NobodyToAskError(questionOf(typed));
  const client = await connect(context);
  const names = await namesOrChoice(client, typed, { verb: "remove" });
  if (names.length === 0) return 1;
  const { strategies } = await client.call("list", {});
  requireKnown(
    names,
    strategies.map(({ name }) => name),
  );
  if (!context.yes && !(await confirmed(questionOf(names)))) {
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
