/** Modules of the runtime that lead out of a backtest, and code that can come to them. Pure. */

/** Functions that reach out of the process, by the module that they are in. */
export const OUTWARD: Readonly<Record<string, readonly string[]>> = {
  "node:net": ["connect", "createConnection", "createServer"],
  "node:tls": ["connect", "createServer"],
  "node:http": ["request", "get", "createServer"],
  "node:https": ["request", "get", "createServer"],
  "node:http2": ["connect"],
  "node:dgram": ["createSocket"],
  "node:dns": ["lookup", "resolve", "resolve4", "resolve6"],
  "node:child_process": [
    "spawn",
    "spawnSync",
    "exec",
    "execSync",
    "execFile",
    "execFileSync",
    "fork",
  ],
  "node:worker_threads": ["Worker"],
};

const NAMES = [...Object.keys(OUTWARD), "node:crypto"].map((name) => name.replace("node:", ""));
/** Such a module by its name, in quotes. */
const NAMED = new RegExp(`["'\`](?:node:)?(?:${NAMES.join("|")})(?:/\\w+)?["'\`]`);
/** Ways to a module by a name that is put together, or to code that is. */
const HIDDEN =
  /\bimport\s*\(|\b(?:require|createRequire|getBuiltinModule|binding|eval|Function)\b|(?:\.\s*|["'`])constructor\b/;

/**
 * Whether a bundle, in which what is imported stands by its name, could come to one of them. True for
 * some that never do; one that hides its way even so meets the kernel (`wall.ts`).
 */
export const reachesModules = (bundle: string): boolean =>
  NAMED.test(bundle) || HIDDEN.test(bundle);
