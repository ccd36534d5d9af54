/** Which strategy a command is to test, which params stand in a file, and its help. */
import { resolve } from "node:path";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { fileKindOf } from "#cli/entries.ts";
import { NothingToTestError } from "#cli/misuse.ts";
import { print } from "#cli/output.ts";
import type { BacktestSubject } from "#shared/control-api.ts";
import type { Params } from "#shared/settings.ts";

export interface HelpArguments {
  /** The strategy; undefined when only the help is wanted. */
  readonly what: string | undefined;
  /** Made when it is wanted: to lay it out takes as long as to read the flags. */
  readonly help: () => string;
  /** Every flag of ours. */
  readonly ours: readonly string[];
}

/** `smth.ts` is a file, any other word a strategy of the fleet. Throws `NothingToTestError`. */
export function subjectOf(what: string): BacktestSubject {
  if (what.startsWith("-")) throw new NothingToTestError(what);
  const kind = fileKindOf(what);
  if (kind === "fleet") throw new NothingToTestError(what);
  return kind === undefined ? { kind: "name", name: what } : { kind: "file", path: resolve(what) };
}

/** Throws when the file cannot be read, or is neither TOML nor JSON. */
export async function paramsOfFile(file: string | undefined): Promise<Params> {
  if (file === undefined) return {};
  const { readParamsFile } = await import("#cli/params-file.ts");
  return readParamsFile(file);
}

/** Our own flags, then the params of the strategy when it is named. */
export async function printStrategyHelp(
  context: Context,
  { what, help, ours }: HelpArguments,
): Promise<ExitCode> {
  if (what === undefined) {
    await print(help());
    return 0;
  }
  const strategy = subjectOf(what);
  const client = await connect(context);
  const [view, { renderParams }, { currentScreen }] = await Promise.all([
    client.call("params", { strategy }),
    import("#cli/view/params.ts"),
    import("#cli/screen.ts"),
  ]);
  await print(`${help()}\n\n${renderParams(view, ours, await currentScreen())}`);
  return 0;
}
