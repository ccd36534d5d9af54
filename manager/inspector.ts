/** Has a strategy file looked at in a child of its own, because looking runs the author's code. */
import { lstatSync, type Stats } from "node:fs";
import { askChild } from "#manager/ask-child.ts";
import type { CodeStore } from "#manager/code-store.ts";
import { FileMissingError, KumbhError } from "#shared/errors.ts";
import {
  InspectReply,
  type InspectRequest,
  type ParamsGiven,
  type Problem,
} from "#shared/inspection.ts";
import type { Home } from "#shared/paths.ts";

/** Longest time to bundle, check and load one file, in ms. */
const INSPECT_MS_MAX = 60_000;

/** Most faults of one file that are told at once. */
const PROBLEMS_MAX = 5;

export type Inspected = Extract<InspectReply, { kind: "inspected" }>;

export class NotAFileError extends KumbhError {
  constructor(path: string) {
    super("not_a_file", `${path} is no regular file`, "name the strategy's .ts file itself");
  }
}

export class StrategyRefusedError extends KumbhError {
  constructor(
    file: string,
    problems: readonly Problem[],
    remedy = "mend the file; nothing was changed",
  ) {
    const [first] = problems;
    const more = problems.length - 1;
    const place =
      first === undefined || first.line === null
        ? (first?.file ?? file)
        : `${first.file ?? file}:${first.line}:${first.column ?? 1}`;
    const frames = problems.slice(0, PROBLEMS_MAX).flatMap(({ frame }) => frame ?? []);
    super(
      "strategy_refused",
      `${place}: ${first?.message ?? "refused"}${more > 0 ? ` (and ${more} more)` : ""}`,
      remedy,
      frames.length === 0 ? {} : { frame: frames.join("\n\n") },
    );
  }
}

export class InspectionDiedError extends KumbhError {
  constructor(file: string, reason: string) {
    super(
      "inspection_died",
      `${file} could not be inspected: the process that loaded it ${reason}`,
      "look at what the file does while it is loaded; nothing was changed",
    );
  }
}

export interface InspectorOptions {
  readonly home: Home;
  /** The runner's entry, absolute. */
  readonly runner: string;
  readonly code: CodeStore;
}

/**
 * Bundles, checks and loads the file with each of these params; keeps its code. The caller decides
 * about params that were refused. Throws when the file itself is refused, and then keeps nothing.
 */
export async function inspect(
  file: string,
  sets: readonly ParamsGiven[],
  options: InspectorOptions,
): Promise<Inspected> {
  requireFile(file);
  const outFolder = options.code.stage();
  try {
    const request: InspectRequest = {
      kind: "inspect",
      file,
      outFolder,
      sets: [...sets],
      check: true,
    };
    const answer = await askChild({
      ...options,
      mode: "inspect",
      request,
      reply: InspectReply,
      what: "the inspecting child's answer",
      withinMs: INSPECT_MS_MAX,
    });
    if (answer.kind === "died") throw new InspectionDiedError(file, answer.reason);
    const { reply } = answer;
    if (reply.kind === "refused") throw new StrategyRefusedError(file, reply.problems);
    options.code.keep(outFolder, reply.hash);
    return reply;
  } finally {
    options.code.discard(outFolder);
  }
}

/** Throws `FileMissingError` or `NotAFileError`. */
export function requireFile(path: string): void {
  let found: Stats;
  try {
    found = lstatSync(path);
  } catch (cause) {
    throw new FileMissingError(path, cause);
  }
  if (!found.isFile()) throw new NotAFileError(path);
}
