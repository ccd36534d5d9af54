/**
 * What the manager, the strategies' processes and the CLI run: a build of their sources, which starts
 * sooner and takes less memory than they do. It is made when the first manager of these sources starts,
 * and kept beside the packages; until it is there, and wherever it cannot be made, the sources are run.
 *
 * Imports nothing of ours: it is what decides whether the rest comes from the build.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { BUILD_FOLDER } from "#shared/paths.ts";

/** What goes into a build, files and folders, from the root of the installation. */
const INPUTS = ["manager", "runner", "cli", "shared", "bun.lock", "package.json"];
const MAKER = "manager/make-build.ts";
const HASH_DIGITS = 16;
/** Builds that are kept: this one, and one that a manager which still runs may have been started from. */
const BUILDS_KEPT = 2;

/**
 * How `bin/kumbh` finds the build without reading the sources: a link to the newest one, and a file in
 * that with the moment up to which it was seen to be of just these sources. A file of them that has
 * changed since has a later ctime, which nobody can set.
 */
const CURRENT = "current";
const STAMP = "stamp";
/** The kernel's clock of files may be behind the other one by some ms. */
const CLOCK_BEHIND_MS = 50;

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
  const seenMs = Date.now();
  const folder = folderOf(root);
  return {
    entries: () => entriesIn(root, folder),
    problem: provide(root, folder, seenMs),
  };
}

async function provide(root: string, folder: string, seenMs: number): Promise<string | undefined> {
  try {
    const problem = existsSync(folder) ? undefined : await make(root, folder);
    if (problem !== undefined) return problem;
    makeCurrent(folder, seenMs);
    prune(dirname(folder));
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Says that the build is of the sources as they were at that moment. */
function makeCurrent(folder: string, seenMs: number): void {
  const cache = dirname(folder);
  const stamp = join(folder, STAMP);
  writeFileSync(stamp, "");
  const seen = new Date(seenMs - CLOCK_BEHIND_MS);
  utimesSync(stamp, seen, seen);
  // Made aside and moved, so that whoever follows the link finds one or the other.
  const link = join(cache, `${CURRENT}.${process.pid}`);
  rmSync(link, { force: true });
  symlinkSync(basename(folder), link);
  renameSync(link, join(cache, CURRENT));
}

/** Removes all builds but those that were current last. */
function prune(cache: string): void {
  const builds = readdirSync(cache)
    .filter((name) => BUILD.test(name) && existsSync(join(cache, name, STAMP)))
    .map((name) => ({ name, seenMs: statSync(join(cache, name, STAMP)).mtimeMs }))
    .toSorted((a, b) => b.seenMs - a.seenMs);
  for (const { name } of builds.slice(BUILDS_KEPT)) {
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}

const BUILD = /^[0-9a-f]{16}$/;

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
  return join(root, BUILD_FOLDER, hasher.digest("hex").slice(0, HASH_DIGITS));
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
  mkdirSync(join(root, BUILD_FOLDER), { recursive: true });
  const child = Bun.spawn(
    [process.execPath, "--no-env-file", "--config=/dev/null", join(root, MAKER), folder],
    { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  return code === 0 ? undefined : said;
}
