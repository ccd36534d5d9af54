import type { Context, ExitCode } from "#cli/context.ts";
import { judge } from "#cli/doctor/judge.ts";
import { probe } from "#cli/doctor/probe.ts";
import { print, printJson } from "#cli/output.ts";
import { currentScreen } from "#cli/screen.ts";
import type { JsonFlag } from "#cli/verbs/flags.ts";
import { renderFindings } from "#cli/view/doctor.ts";

/** Starts no manager: one that does not start is what it may be asked about. */
export async function doctor(context: Context, { json }: JsonFlag): Promise<ExitCode> {
  const findings = judge(await probe(context));
  if (json === true) await printJson({ findings });
  else await print(renderFindings(findings, await currentScreen(context)));
  return findings.some(({ level }) => level === "wrong") ? 1 : 0;
}
