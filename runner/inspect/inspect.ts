/** Looks at a strategy's file as a whole: its code, its class, and each set of params it is to run with. */
import { lstatSync, type Stats } from "node:fs";
import { bundleStrategy } from "#runner/inspect/bundle.ts";
import { jsonSchemaOf } from "#runner/inspect/coerce.ts";
import {
  type Author,
  CLASS,
  problemNear,
  problemOfThrown,
  problemWithoutPlace,
} from "#runner/inspect/faults.ts";
import { judgeSet } from "#runner/inspect/judge-set.ts";
import { explainIssues } from "#runner/issues.ts";
import { findStrategy, importBundle, misspelledHook, type StrategyClass } from "#runner/load.ts";
import { paramsSchemaOf } from "#runner/params.ts";
import { messageOf } from "#shared/errors.ts";
import {
  type InspectReply,
  type InspectRequest,
  type Problem,
  StrategyMeta,
} from "#shared/inspection.ts";
import type { Log } from "#shared/log.ts";

type Refused = Extract<InspectReply, { kind: "refused" }>;

const refused = (...problems: [Problem, ...Problem[]]): Refused => ({ kind: "refused", problems });

/** `unhandled` resolves with an error that the author's code lets fall beside the ones it throws. */
export async function inspect(
  request: InspectRequest,
  log: Log,
  unhandled: Promise<unknown>,
): Promise<InspectReply> {
  const { file, outFolder, check } = request;
  const unreadable = whyUnreadable(file);
  if (unreadable !== undefined) return refused(problemWithoutPlace(unreadable, file));
  const built = await bundleStrategy(file, outFolder, { check });
  if (built.kind === "refused") return { kind: "refused", problems: built.problems };
  const { bundle } = built;
  const author: Author = { file, originals: bundle.originals };
  return await Promise.race([
    inspectBundle(bundle.path, { sets: request.sets, log, hash: bundle.hash, author }),
    unhandled.then((error) => refused(problemOfThrown(error, "unhandled", author, []))),
  ]);
}

/** Looks at a bundle, which may have been written long ago. Runs the author's code. */
export async function inspectBundle(bundle: string, inspection: Inspection): Promise<InspectReply> {
  const { author } = inspection;
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await importBundle(bundle);
  } catch (error) {
    return refused(problemOfThrown(error, "the file threw while it was loaded", author, []));
  }
  const search = findStrategy(exports);
  if (search.kind === "not-found") return refused(problemNear(search.problem, [CLASS], author));
  return inspectClass(search.strategy, inspection);
}

const META = /\bstatic\s+(?:readonly\s+)?meta\b/;
const PARAMS = /\bstatic\s+(?:readonly\s+)?params\b/;

/** Why the file cannot be read, in words, or undefined. */
export function whyUnreadable(file: string): string | undefined {
  let found: Stats;
  try {
    found = lstatSync(file);
  } catch (error) {
    return messageOf(error);
  }
  return found.isFile() ? undefined : "it is no regular file";
}

export interface Inspection {
  readonly sets: InspectRequest["sets"];
  readonly log: Log;
  readonly hash: string;
  readonly author: Author;
}

function inspectClass(
  strategy: StrategyClass,
  { sets: given, log, hash, author }: Inspection,
): InspectReply {
  const declared: unknown = Reflect.get(strategy, "meta");
  const meta = StrategyMeta.safeParse(declared);
  if (!meta.success) {
    return refused(problemNear(explainMeta(meta.error, declared), [META, CLASS], author));
  }
  const misspelled = misspelledHook(strategy);
  if (misspelled !== undefined) {
    return refused(
      problemNear(misspelled.message, [new RegExp(`\\b${misspelled.name}\\b`)], author),
    );
  }
  let schema: ReturnType<typeof paramsSchemaOf>;
  let jsonSchema: Record<string, unknown>;
  try {
    schema = paramsSchemaOf(strategy);
    jsonSchema = jsonSchemaOf(schema);
  } catch (error) {
    return refused(problemNear(messageOf(error), [PARAMS, CLASS], author));
  }
  const judged = { strategy, schema, jsonSchema, author, log };
  const sets = given.map((set) => judgeSet(set, judged));
  return {
    kind: "inspected",
    meta: meta.data,
    hash,
    schema: jsonSchema,
    sets,
  };
}

function explainMeta(error: Parameters<typeof explainIssues>[0], declared: unknown): string {
  if (declared !== undefined) return explainIssues(error, declared, "static meta");
  return 'the class has no meta: write `static readonly meta = { name: "my-strategy", version: "1.0.0" }`';
}
