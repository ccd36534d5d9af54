/** What starting a fleet would do: the difference between what a person wrote and what there is. Pure. */
import type { Definition, Registered } from "#manager/store/registry.ts";
import type { PlanItem } from "#shared/control-api.ts";
import { KumbhError } from "#shared/errors.ts";

/** A strategy of the fleet and whether it is, or is about to be, up. */
export interface Present {
  readonly registered: Registered;
  readonly active: boolean;
}

/** What is done to one strategy, whatever the network. */
export type Step = Omit<PlanItem, "paper">;

export class PlanGoneError extends KumbhError {
  constructor() {
    super(
      "plan_gone",
      "the plan is not there any more, or the fleet has changed since it was made",
      "start again",
    );
  }
}

export interface FleetPlan {
  readonly items: readonly Step[];
  readonly notInFile: readonly string[];
}

export function planFleet(
  wanted: readonly Definition[],
  present: ReadonlyMap<string, Present>,
): FleetPlan {
  const names = new Set(wanted.map(({ name }) => name));
  return {
    items: wanted.map((definition) => planOne(definition, present.get(definition.name))),
    notInFile: [...present.keys()].filter((name) => !names.has(name)),
  };
}

function planOne(definition: Definition, present: Present | undefined): Step {
  const { name, version, params, feeds } = definition;
  const item = { name, version, params, feeds: [...feeds] };
  if (present === undefined) return { ...item, action: "start", changes: [] };
  const changes = changesBetween(present.registered, definition);
  if (!present.active) return { ...item, action: "start", changes };
  return { ...item, action: changes.length === 0 ? "leave" : "replace", changes };
}

const HASH_SHOWN = 8;

/** What differs between two definitions of one strategy, each in a few words. */
export function changesBetween(before: Definition, after: Definition): string[] {
  const changes: string[] = [];
  if (before.version !== after.version) {
    changes.push(`version ${before.version} → ${after.version}`);
  }
  if (before.hash !== after.hash) {
    const [old, now] = [before.hash, after.hash].map((hash) => hash.slice(0, HASH_SHOWN));
    changes.push(`code ${old} → ${now}`);
  }
  if (before.file !== after.file) changes.push(`file ${before.file} → ${after.file}`);
  changes.push(
    ...valueChanges(flatten(before.params), flatten(after.params)),
    ...valueChanges(flatten(before.settings), flatten(after.settings)),
  );
  return changes;
}

function valueChanges(before: Map<string, string>, after: Map<string, string>): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old === now) return [];
    if (old === undefined) return [`${key} = ${now}`];
    return now === undefined ? [`${key} removed`] : [`${key} ${old} → ${now}`];
  });
}

/** Every leaf of a value by its dotted path, as JSON. */
function flatten(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return new Map([[path, JSON.stringify(value) ?? "undefined"]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...flatten(inner, path === "" ? key : `${path}.${key}`),
    ]),
  );
}
