/** Whether a strategy can run with these params. */
import { z } from "zod";
import { parseFeeds } from "#runner/feeds.ts";
import { coerceTexts } from "#runner/inspect/coerce.ts";
import {
  type Author,
  CLASS,
  problemOfThrown,
  problemWithoutPlace,
} from "#runner/inspect/faults.ts";
import { InspectWorld } from "#runner/inspect/inspect-world.ts";
import type { StrategyClass } from "#runner/load.ts";
import { BadParamsError, parseParams } from "#runner/params.ts";
import { buildIn } from "#runner/world.ts";
import type { ParamsGiven, Problem, SetVerdict } from "#shared/inspection.ts";
import type { Log } from "#shared/log.ts";
import { didYouMean } from "#shared/near.ts";
import { Params } from "#shared/settings.ts";

export interface Judged {
  readonly strategy: StrategyClass;
  readonly schema: z.ZodObject;
  readonly jsonSchema: Record<string, unknown>;
  readonly author: Author;
  readonly log: Log;
}

export function judgeSet(given: ParamsGiven, judged: Judged): SetVerdict {
  let params: Params;
  try {
    params = acceptParams(given, judged);
  } catch (error) {
    if (!(error instanceof BadParamsError)) throw error;
    return refused(problemWithoutPlace(error.message, null));
  }
  return askFeeds(params, judged);
}

const refused = (problem: Problem): SetVerdict => ({ kind: "refused", problem });

/**
 * What was given, with the schema's defaults. It is written down as JSON and goes through the schema
 * again at each start, so what was given stays as it was, and is tried on that way.
 */
function acceptParams(given: ParamsGiven, { schema, jsonSchema }: Judged): Params {
  const all = { ...given.params, ...given.paramsText };
  refuseUnknown(Object.keys(all), schema);
  const typed = { ...given.params, ...coerceTexts(jsonSchema, given.paramsText) };
  const complete: unknown = JSON.parse(JSON.stringify({ ...parseParams(schema, typed), ...typed }));
  const params = Params.parse(complete);
  parseParams(schema, params);
  return params;
}

/** A zod object that takes any key says so by its catchall. Throws `BadParamsError`. */
function refuseUnknown(names: readonly string[], schema: z.ZodObject): void {
  const { catchall } = schema.def;
  if (catchall !== undefined && !(catchall instanceof z.ZodNever)) return;
  const known = Object.keys(schema.shape);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, known);
  const list = known.length === 0 ? "it takes none" : `it has ${known.join(", ")}`;
  throw new BadParamsError(
    `the strategy has no param "${unknown}"${near === "" ? `; ${list}` : near}`,
  );
}

/** Builds the class as a run would, and asks it for its feeds. */
function askFeeds(params: Params, { strategy, schema, author, log }: Judged): SetVerdict {
  const world = new InspectWorld(parseParams(schema, params), log);
  let built: InstanceType<StrategyClass>;
  try {
    built = buildIn(world, () => new strategy());
  } catch (error) {
    return refused(problemOfThrown(error, "the constructor threw", author, [CLASS]));
  }
  world.hook = "feeds";
  try {
    return { kind: "accepted", params, feeds: parseFeeds(built.feeds()) };
  } catch (error) {
    return refused(problemOfThrown(error, "feeds() failed", author, [/\bfeeds\s*\(/, CLASS]));
  }
}
