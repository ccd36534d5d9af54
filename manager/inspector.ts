/** Has a strategy file looked at in a child of its own, because looking runs the author's code. */
import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { CodeStore } from "#manager/code-store.ts";
import { type ChildProcess, spawnChild } from "#manager/supervisor/child-process.ts";
import { FileMissingError, KumbhError } from "#shared/errors.ts";
import { describeExit, type ExitCause } from "#shared/exit.ts";
import {
  InspectReply,
  type InspectRequest,
  type ParamsGiven,
  type Problem,
} from "#shared/inspection.ts";
import { parseValue } from "#shared/json.ts";
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
  constructor(file: string, problems: readonly Problem[]) {
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
      "mend the file; nothing was changed",
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
    const reply = await ask({ kind: "inspect", file, outFolder, sets: [...sets] }, options);
    if (reply.kind === "refused") throw new StrategyRefusedError(file, reply.problems);
    options.code.keep(outFolder, reply.hash);
    return reply;
  } finally {
    options.code.discard(outFolder);
  }
}

function requireFile(path: string): void {
  let found: Stats;
  try {
    found = lstatSync(path);
  } catch (cause) {
    throw new FileMissingError(path, cause);
  }
  if (!found.isFile()) throw new NotAFileError(path);
}

async function ask(request: InspectRequest, options: InspectorOptions): Promise<InspectReply> {
  return await new Promise((resolve, reject) => {
    let cause: ExitCause = { kind: "own" };
    let reply: InspectReply | undefined;
    let child: ChildProcess | undefined;
    const deadline = setTimeout(() => {
      cause = { kind: "silent", forMs: INSPECT_MS_MAX };
      child?.signal("SIGKILL");
    }, INSPECT_MS_MAX);
    child = spawnChild({
      runner: options.runner,
      mode: "inspect",
      cwd: options.home.state,
      logPath: join(options.home.logs, "inspect.log"),
      env: {},
      onMessage: (message) => {
        try {
          reply = parseValue(InspectReply, message, "the inspecting child's answer");
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        child?.signal("SIGTERM");
      },
      onDisconnected: () => child?.signal("SIGKILL"),
      onExit: (code, signal) => {
        clearTimeout(deadline);
        if (reply !== undefined) return resolve(reply);
        reject(new InspectionDiedError(request.file, describeExit({ cause, code, signal })));
      },
    });
    child.send(request);
  });
}
