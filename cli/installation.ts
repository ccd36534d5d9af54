/** Where this installation lies, and how its other programs are started: by path, never by import. */
import { join } from "node:path";
import { installationRoot } from "#shared/paths.ts";

export const ROOT = installationRoot(import.meta.dir, 1);

export const MANAGER_ENTRY = join(ROOT, "manager/main.ts");
export const SIM_ENTRY = join(ROOT, "runner/sim.ts");
/** The examples, one file a kind. */
export const EXAMPLES_FOLDER = join(ROOT, "strategies");
/** The compiler options under which a strategy's file is checked; knows the package "kumbh". */
export const AUTHOR_TSCONFIG = join(ROOT, "runner/inspect/author.tsconfig.json");
/** The fleet that a newcomer starts and that the demo shows. */
export const EXAMPLE_FLEET = join(ROOT, "ecosystem.toml");

/**
 * This same Bun, deaf to what lies in the current folder: an `.env` would change our programs, and
 * a `bunfig.toml` would run code in them.
 */
export const BUN: readonly string[] = [process.execPath, "--no-env-file", "--config=/dev/null"];
