/** What a strategy's file says of itself: it is loaded in a child of its own, because that runs its code. */
import { askChild } from "#manager/ask-child.ts";
import { type Inspected, InspectionDiedError, StrategyRefusedError } from "#manager/inspector.ts";
import type { ParamsView } from "#shared/control-api.ts";
import { InspectReply, type InspectRequest } from "#shared/inspection.ts";
import type { Home } from "#shared/paths.ts";

/** Longest time to bundle, check and load one file, in ms. */
const ASK_MS_MAX = 60_000;

export interface AskOptions {
  readonly home: Home;
  readonly runner: string;
}

/** Which params it has. Throws as `lookAt`. `folder` is empty, and the caller's to remove. */
export async function askParams(
  file: string,
  folder: string,
  options: AskOptions,
): Promise<Pick<ParamsView, "meta" | "schema">> {
  const wanted = { file, outFolder: folder, sets: [], check: true };
  const { meta, schema } = await lookAt(wanted, options);
  return { meta, schema };
}

/**
 * Bundles it into the folder and tries the sets of params. Throws when the file is refused, or ends its
 * process; aborting `signal` ends that too.
 */
export async function lookAt(
  wanted: Omit<InspectRequest, "kind">,
  { home, runner }: AskOptions,
  signal?: AbortSignal,
): Promise<Inspected> {
  const request: InspectRequest = { kind: "inspect", ...wanted };
  const answer = await askChild({
    home,
    runner,
    mode: "inspect",
    request,
    reply: InspectReply,
    what: "the inspecting child's answer",
    withinMs: ASK_MS_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.kind === "died") throw new InspectionDiedError(wanted.file, answer.reason);
  const { reply } = answer;
  if (reply.kind === "refused") throw new StrategyRefusedError(wanted.file, reply.problems);
  return reply;
}
