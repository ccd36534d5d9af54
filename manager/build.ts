/**
 * What the manager and the strategies' processes run: a build of their sources, which starts sooner
 * and takes less memory than they do. It is made when the first manager of these sources starts, and
 * kept beside the packages; until it is there, and wherever it cannot be made, the sources are run.
 *
 * Imports nothing of ours: it is what decides whether the rest comes from the build.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What goes into a build, files and folders, from the root of the installation. */
const INPUTS = ["manager", "runner", "shared", "bun.lock", "package.json"];
const MAKER = "manager/make-build.ts";
const CACHE = "node_modules/.cache/kumbh";
const HASH_DIGITS = 16;

/** Absolute paths. */
export interface Entries {
  /** Exports `runManager`. */
  readonly manager: string;
  /** The program of a strategy's process. */
  readonly runner: string;
}

const sourceEntries = (root: string): Entries => ({
  manager: join(root, "manager/run-manager.ts"),
  runner: join(root, "runner/main.ts"),
});

const builtEntries = (folder: string): Entries => ({
  manager: join(folder, "manager/run-manager.js"),
  runner: join(folder, "runner/main.js"),
});

export interface Build {
  /** What to start from now on: somebody may clean the cache while we run, so it is looked at each time. */
  entries(): Entries;
  /** Resolves when the build is there; with a text when it could not be made, which says why. */
  readonly problem: Promise<string | undefined>;
}

/** `root`: the folder of the installation. Makes the build if there is none. Never throws. */
export function openBuild(root: string): Build {
  const folder = folderOf(root);
  const entries = () => entriesIn(root, folder);
  const problem = existsSync(folder) ? Promise.resolve(undefined) : make(root, folder);
  return { entries, problem };
}

/** Those of the build if there is one of just these sources. */
export const entriesNow = (root: string): Entries => entriesIn(root, folderOf(root));

const entriesIn = (root: string, folder: string): Entries =>
  existsSync(folder) ? builtEntries(folder) : sourceEntries(root);

/**
 * Of other sources, packages or another Bun it is another folder; of another place too, because a
 * build knows where the packages lie.
 */
function folderOf(root: string): string {
  const hasher = new Bun.CryptoHasher("sha256").update(Bun.version).update(root);
  for (const path of INPUTS.flatMap((input) => filesOf(root, input))) {
    hasher.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return join(root, CACHE, hasher.digest("hex").slice(0, HASH_DIGITS));
}

function filesOf(root: string, input: string): string[] {
  if (input.includes(".")) return [input];
  return readdirSync(join(root, input), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") || path.endsWith(".json"))
    .map((path) => join(input, path))
    .toSorted();
}

/** In a process of its own: it takes 100 MB for a moment. */
async function make(root: string, folder: string): Promise<string | undefined> {
  try {
    mkdirSync(join(root, CACHE), { recursive: true });
    const child = Bun.spawn(
      [process.execPath, "--no-env-file", "--config=/dev/null", join(root, MAKER), folder],
      { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    );
    const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
    return code === 0 ? undefined : said;
  } catch (error) {
    return String(error);
  }
}
