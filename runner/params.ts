/** The params of a class: what its schema says, and what it makes of what was given. */
import { z } from "zod";
import { explainIssues } from "#runner/issues.ts";
import { KumbhError } from "#shared/errors.ts";
import type { Params } from "#shared/settings.ts";

/** A class without `static params` takes none. */
const NO_PARAMS = z.object({});

export class BadParamsError extends KumbhError {
  constructor(problem: string) {
    super("bad_params", problem, "`kumbh show NAME` and `kumbh check FILE` list the params");
  }
}

/** `static params` of a class. Throws `NoSchemaError`. */
export function paramsSchemaOf(strategy: object): z.ZodObject {
  const declared: unknown = Reflect.get(strategy, "params");
  if (declared === undefined) return NO_PARAMS;
  if (!(declared instanceof z.ZodObject)) throw new NoSchemaError();
  return declared;
}

/** Throws `BadParamsError`: `params.fast must be …`. */
export function parseParams(schema: z.ZodObject, given: Params): Readonly<Record<string, unknown>> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new BadParamsError(explainIssues(parsed.error, given, "params"));
}

export class NoSchemaError extends KumbhError {
  constructor() {
    super(
      "no_params_schema",
      "`static params` must be a zod object",
      "write `static readonly params = z.object({ … })`, or leave it out",
    );
  }
}
