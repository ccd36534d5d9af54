/**
 * `bun manager/make-build.ts OUT`: manager, runner and CLI in few files, without what they seldom need.
 * Started by the manager, apart from it.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type BunPlugin } from "bun";
import { KumbhError } from "#shared/errors.ts";

const ROOT = resolve(import.meta.dir, "..");
/** What is loaded on demand, at once and so by `require`: each a file of its own, or all would be one. */
const LATE = [
  "runner/backtest/clients.ts",
  "runner/network/network.ts",
  "runner/paper/paper-network.ts",
];

class BuildFailedError extends KumbhError {
  constructor(problems: readonly string[]) {
    super("build_failed", problems.join("\n"), "all runs from the sources meanwhile");
  }
}

const late: BunPlugin = {
  name: "late",
  setup(build) {
    build.onResolve({ filter: /^#runner\// }, ({ path, kind }) => {
      const source = path.slice(1);
      if (kind !== "require-call" || !LATE.includes(source)) return undefined;
      return { path: `./${source.slice("runner/".length).replace(/ts$/, "js")}`, external: true };
    });
  },
};

const ALL_LANGUAGES = /export \* as locales from [^;]*;/;

/** zod's messages in fifty languages, each loaded when it is asked for. */
const languages: BunPlugin = {
  name: "languages",
  setup(build) {
    build.onLoad({ filter: /\/zod\/v4\/(classic\/external|core\/index)\.js$/ }, ({ path }) => {
      const folder = resolve(dirname(path), "../locales");
      const index = readFileSync(join(folder, "index.js"), "utf8");
      const getters = [...index.matchAll(/default as (\w+) \} from "(.*)"/g)].map(
        ([, name, file = ""]) =>
          `get ${name}() { return load(${JSON.stringify(join(folder, file))}); }`,
      );
      // A path that is no literal, so that the build lets it be.
      const onDemand = `const load = (path) => import.meta.require(path).default;
        export const locales = { ${getters.join(", ")} };`;
      const contents = readFileSync(path, "utf8").replace(ALL_LANGUAGES, onDemand);
      return { contents, loader: "js" };
    });
  },
};

/** Built aside and moved in one step: who finds the folder finds all of it. */
async function makeBuild(out: string): Promise<void> {
  const staging = mkdtempSync(`${out}.`);
  try {
    await bundle(["manager/run-manager.ts"], join(staging, "manager"));
    await bundle(["runner/main.ts", ...LATE], join(staging, "runner"));
    await bundle(["cli/main.ts"], join(staging, "cli"));
    if (!existsSync(out)) renameSync(staging, out);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Entries of one folder of ours, into files that share what they have in common. */
async function bundle(entries: readonly string[], outdir: string): Promise<void> {
  const result = await Bun.build({
    entrypoints: entries.map((path) => join(ROOT, path)),
    root: join(ROOT, basename(outdir)),
    outdir,
    target: "bun",
    splitting: true,
    minify: { whitespace: true, syntax: true },
    external: ["kumbh"],
    plugins: [late, languages],
    throw: false,
  });
  if (!result.success) throw new BuildFailedError(result.logs.map(String));
}

await makeBuild(process.argv[2] ?? "");
