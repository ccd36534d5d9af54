/**
 * What strategies' processes run: a build of the runner's sources, which starts sooner and takes less
 * memory than they do. It is made when the first manager of these sources starts, and kept beside the
 * packages; until it is there, and wherever it cannot be made, strategies run from the sources.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";

/** What goes into a build, files and folders, from the root of the installation. */
const INPUTS = ["runner", "shared", "bun.lock", "package.json", "manager/build-runner.ts"];
const BUILDER = "manager/build-runner.ts";
const SOURCE_ENTRY = "runner/main.ts";
const BUILT_ENTRY = "main.js";
const CACHE = "node_modules/.cache/kumbh";
const HASH_DIGITS = 16;

export interface RunnerBuild {
  /** The entry to start a strategy from now, absolute. */
  entry(): string;
  /** Resolves when the build is there or has failed, which the log says. */
  readonly settled: Promise<void>;
}

/** `root`: the folder of the installation. Never throws. */
export function openRunnerBuild(root: string, log: Log): RunnerBuild {
  const source = join(root, SOURCE_ENTRY);
  const folder = join(root, CACHE, `runner-${sourcesHash(root)}`);
  const built = join(folder, BUILT_ENTRY);
  // Somebody may clean the cache while we run, so we look each time.
  const entry = () => (existsSync(built) ? built : source);
  const settled = existsSync(built) ? Promise.resolve() : build(root, folder, log);
  return { entry, settled };
}

/** Of other sources, packages or another Bun the hash is another, and so is the folder. */
export function sourcesHash(root: string): string {
  const hasher = new Bun.CryptoHasher("sha256").update(Bun.version);
  for (const path of INPUTS.flatMap((input) => filesOf(root, input))) {
    hasher.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return hasher.digest("hex").slice(0, HASH_DIGITS);
}

function filesOf(root: string, input: string): string[] {
  if (input.includes(".")) return [input];
  return readdirSync(join(root, input), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") || path.endsWith(".json"))
    .map((path) => join(input, path))
    .toSorted();
}

/** In a process of its own: a build takes 100 MB for a moment. */
async function build(root: string, folder: string, log: Log): Promise<void> {
  try {
    mkdirSync(join(root, CACHE), { recursive: true });
    const child = Bun.spawn(
      [process.execPath, "--no-env-file", "--config=/dev/null", join(root, BUILDER), folder],
      { cwd: root, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    );
    const [problem, code] = await Promise.all([child.stderr.text(), child.exited]);
    if (code !== 0) log.warn("strategies run from the sources: no build", { problem });
  } catch (error) {
    log.warn("strategies run from the sources: no build", { problem: messageOf(error) });
  }
}
