/** Versions that the two sides of a border compare. */
import manifest from "../package.json" with { type: "json" };

export const VERSION: string = manifest.version;

/** Number of the control API's form; the CLI and the manager must have the same. */
export const PROTOCOL = 1;
