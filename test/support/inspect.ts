/** An inspection in a child of its own, as the manager has it done. */
import { InspectReply, type ParamsGiven } from "#shared/inspection.ts";
import { RunnerChild, TempFolder } from "#test/support/runner-child.ts";

export interface InspectFileOptions {
  /** Existing and empty; one that is removed afterwards when not given. */
  readonly outFolder?: string;
  readonly sets?: readonly ParamsGiven[];
}

export async function inspectFile(
  file: string,
  options: InspectFileOptions = {},
): Promise<InspectReply> {
  using spare = new TempFolder();
  using child = new RunnerChild("inspect");
  child.send({
    kind: "inspect",
    file,
    outFolder: options.outFolder ?? spare.path,
    sets: options.sets ?? [{ params: {}, paramsText: {} }],
  });
  const reply = await child.message("the reply", (message) => InspectReply.parse(message));
  await child.ended();
  return reply;
}

export type Inspected = Extract<InspectReply, { kind: "inspected" }>;

/** Throws when the file was refused. */
export function asInspected(reply: InspectReply): Inspected {
  if (reply.kind === "inspected") return reply;
  throw new Error(`refused: ${JSON.stringify(reply.problems)}`);
}
