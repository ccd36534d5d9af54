/** The result of a sweep, brought to the person: as tables, as JSON, as a file for other programs. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "#cli/context.ts";
import { print, printAside, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { Study } from "#cli/sweep/study.ts";
import type { Walk } from "#cli/sweep/walk.ts";
import { FileUnwritableError } from "#shared/errors.ts";

/** Throws `FileUnwritableError`, after the result was printed. */
export async function showSweep(
  context: Context,
  result: Study | Walk,
  { json, csv }: { readonly json?: boolean; readonly csv?: string },
): Promise<void> {
  const { sweepCsv, sweepJson } = await import("#cli/view/sweep/export.ts");
  if (json === true) await printJson(sweepJson(result));
  else await print(await textOf(context, result));
  if (csv === undefined) return;
  const path = resolve(csv);
  try {
    writeFileSync(path, sweepCsv(result));
  } catch (cause) {
    throw new FileUnwritableError(path, cause);
  }
  await printAside(`wrote ${path}`);
}

async function textOf(context: Context, result: Study | Walk): Promise<string> {
  const screen = await currentScreen(context);
  if (result.kind === "study") {
    const { renderStudy } = await import("#cli/view/sweep/study.ts");
    return renderStudy(result, screen);
  }
  const { renderWalk } = await import("#cli/view/sweep/walk.ts");
  return renderWalk(result, screen);
}
