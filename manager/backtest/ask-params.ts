/** Which params a strategy's file has: it is loaded in a child of its own, because that runs its code. */
import { askChild } from "#manager/ask-child.ts";
import { InspectionDiedError, StrategyRefusedError } from "#manager/inspector.ts";
import type { ParamsView } from "#shared/control-api.ts";
import { InspectReply, type InspectRequest } from "#shared/inspection.ts";
import type { Home } from "#shared/paths.ts";

/** Longest time to bundle, check and load one file, in ms. */
const ASK_MS_MAX = 60_000;

/** Throws when the file is refused, or ends its process. `folder` is empty, and the caller's to remove. */
export async function askParams(
  file: string,
  folder: string,
  { home, runner }: { readonly home: Home; readonly runner: string },
): Promise<Pick<ParamsView, "meta" | "schema">> {
  const request: InspectRequest = { kind: "inspect", file, outFolder: folder, sets: [] };
  const answer = await askChild({
    home,
    runner,
    mode: "inspect",
    request,
    reply: InspectReply,
    what: "the inspecting child's answer",
    withinMs: ASK_MS_MAX,
  });
  if (answer.kind === "died") throw new InspectionDiedError(file, answer.reason);
  const { reply } = answer;
  if (reply.kind === "refused") throw new StrategyRefusedError(file, reply.problems);
  return { meta: reply.meta, schema: reply.schema };
}
