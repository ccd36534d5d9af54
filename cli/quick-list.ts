/** The fleet in a hurry: from a manager of this very version, without loading the schemas. */
import type { Context } from "#cli/context.ts";
import type { Fleet } from "#shared/control-api.ts";
import { LIFECYCLE_STATES, LIST_PATH } from "#shared/control-words.ts";
import { VERSION } from "#shared/version.ts";

/** A manager that takes longer is asked again with all the care that there is, in ms. */
const QUICK_MS = 1000;

/**
 * Undefined for whatever is not just as expected, be it no manager, a refusal or another version: the
 * careful way finds out what it is and says it.
 */
export async function quickList({
  socket,
  network,
}: Pick<Context, "socket" | "network">): Promise<Fleet | undefined> {
  try {
    const signal = AbortSignal.timeout(QUICK_MS);
    const response = await fetch(`http://kumbh${LIST_PATH}`, { unix: socket, signal });
    const fleet: unknown = await response.json();
    if (!response.ok || !isFleet(fleet)) return undefined;
    return network === undefined || fleet.manager.network === network ? fleet : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether it is the answer of a manager like us: what it says was of the schema's form when it was sent.
 * Of another build of this version it shows if what the table draws is missing.
 */
export const isFleet = (value: unknown): value is Fleet =>
  isRecord(value) &&
  isRecord(value["manager"]) &&
  value["manager"]["version"] === VERSION &&
  isRecord(value["manager"]["budget"]) &&
  Array.isArray(value["strategies"]) &&
  value["strategies"].every(isStrategy);

const STATES: ReadonlySet<unknown> = new Set(LIFECYCLE_STATES);
const DRAWN = [
  "version",
  "pid",
  "uptimeMs",
  "restarts",
  "failures",
  "cpuPercent",
  "memoryBytes",
  "lastCandleAt",
  "lastError",
  "paper",
];

const isStrategy = (value: unknown): boolean =>
  isRecord(value) &&
  typeof value["name"] === "string" &&
  STATES.has(value["state"]) &&
  Array.isArray(value["feeds"]) &&
  DRAWN.every((key) => value[key] !== undefined);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
