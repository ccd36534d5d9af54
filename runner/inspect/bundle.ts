/** An author's file, type-checked and bundled with all it imports but `kumbh`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { frameAt } from "#runner/author-error.ts";
import type { Problem } from "#shared/inspection.ts";
import { parseJson } from "#shared/json.ts";
import { BUNDLE_FILE, installationRoot, SOURCE_FOLDER } from "#shared/paths.ts";

const AUTHOR_TSCONFIG = join(
  installationRoot(import.meta.dir, 2),
  "runner/inspect/author.tsconfig.json",
);
const HASH_DIGITS = 16;
/** Most faults that are told of one file. */
const PROBLEMS_MAX = 20;

export interface Bundle {
  /** Absolute path of the bundle. */
  readonly path: string;
  readonly hash: string;
  /** The author's file of each copy under `source/`. */
  readonly originals: ReadonlyMap<string, string>;
}

export type BundleResult =
  | { readonly kind: "bundled"; readonly bundle: Bundle }
  | { readonly kind: "refused"; readonly problems: Problem[] };

/**
 * Writes `bundle.js`, its map and the author's sources into `outFolder`; `check`: its types, too, which
 * takes most of the time. What is written names no
 * folder outside of it, so it can be moved, and the same code has the same hash wherever it lies.
 */
export async function bundleStrategy(
  file: string,
  outFolder: string,
  { check }: { readonly check: boolean },
): Promise<BundleResult> {
  // The bundle names its parts by their paths from here.
  process.chdir(dirname(file));
  const result = await Bun.build({
    entrypoints: [file],
    outdir: outFolder,
    naming: { entry: BUNDLE_FILE, asset: "[name]-[hash].[ext]" },
    target: "bun",
    format: "esm",
    external: ["kumbh"],
    sourcemap: "linked",
    check,
    tsconfig: AUTHOR_TSCONFIG,
    throw: false,
  });
  if (!result.success) return { kind: "refused", problems: problemsOf(result.logs, file) };
  const path = join(outFolder, BUNDLE_FILE);
  const originals = moveSources(path, outFolder);
  return { kind: "bundled", bundle: { path, hash: hashOf(readFileSync(path, "utf8")), originals } };
}

/** Every build has an id of its own, of which the code knows nothing. */
export function hashOf(bundle: string): string {
  const code = bundle.replace(/^\/\/# debugId=.*$/m, "");
  return new Bun.CryptoHasher("sha256").update(code).digest("hex").slice(0, HASH_DIGITS);
}

const SourceMap = z.looseObject({
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()),
});

/** Lets the map name copies of the sources beside it; copies the author's own. */
function moveSources(bundle: string, outFolder: string): Map<string, string> {
  const mapPath = `${bundle}.map`;
  const map = parseJson(SourceMap, readFileSync(mapPath, "utf8"), "the bundle's source map");
  const paths = map.sources.map((source) => resolve(dirname(bundle), source));
  const own = paths.filter((path) => !isPackage(path));
  const root = commonFolder(own);
  const originals = new Map<string, string>();
  const sources = paths.map((path, index) => {
    if (isPackage(path)) return path.slice(path.lastIndexOf("/node_modules/") + 1);
    const copy = join(SOURCE_FOLDER, relative(root, path));
    const copyPath = join(outFolder, copy);
    mkdirSync(dirname(copyPath), { recursive: true });
    writeFileSync(copyPath, map.sourcesContent[index] ?? "");
    originals.set(copyPath, path);
    return copy;
  });
  writeFileSync(mapPath, JSON.stringify({ ...map, sources }));
  return originals;
}

const isPackage = (path: string): boolean => path.includes("/node_modules/");

/** The deepest folder that holds all of these files. */
function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => dirname(path).split("/"));
  const [first = []] = folders;
  const depth = first.findIndex((name, index) => folders.some((folder) => folder[index] !== name));
  return (depth === -1 ? first : first.slice(0, depth)).join("/") || "/";
}

function problemsOf(logs: readonly (BuildMessage | ResolveMessage)[], file: string): Problem[] {
  const errors = logs.filter(({ level }) => level === "error");
  const problems = errors.slice(0, PROBLEMS_MAX).map(problemOf);
  if (problems.length > 0) return problems;
  const message = "the file cannot be bundled, and Bun does not say why";
  return [{ message, file, line: null, column: null, frame: null }];
}

function problemOf({ message, position }: BuildMessage | ResolveMessage): Problem {
  if (position === null) return { message, file: null, line: null, column: null, frame: null };
  const { file, line, column } = position;
  return { message, file, line, column, frame: frameAt({ path: file, line, column }) };
}
