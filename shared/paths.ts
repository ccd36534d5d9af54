/** Where everything lies in a home. Pure: names paths, touches no disk. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { KumbhError } from "#shared/errors.ts";

/** Of a strategy's code: its bundle, and beside it the author's files of which it was made. */
export const BUNDLE_FILE = "bundle.js";
export const SOURCE_FOLDER = "source";

/** Longest path of a Unix socket on Linux, in bytes; one more is refused by the kernel. */
export const SOCKET_PATH_BYTES_MAX = 107;

export interface Home {
  readonly root: string;
  readonly config: string;
  readonly socket: string;
  readonly lock: string;
  readonly database: string;
  /** Candles and funding of the past. */
  readonly archive: string;
  /** A copy of the fleet, for the day on which the database cannot be read. */
  readonly fleetCopy: string;
  /** A folder for each version of the strategies' code, named by its hash. */
  readonly strategies: string;
  /** The strategies' own databases. */
  readonly state: string;
  /** A folder for each backtest that is kept, named by its id. */
  readonly backtests: string;
  readonly logs: string;
  /** What was known when a strategy crashed. */
  readonly crashes: string;
}

/** Where builds of our programs lie in the folder of the installation. */
export const BUILD_FOLDER = "node_modules/.cache/kumbh";

/** The folder of the installation, from that of a source so deep below it, or of a build of that source. */
export function installationRoot(folder: string, depth: number): string {
  const build = folder.lastIndexOf(`/${BUILD_FOLDER}/`);
  return build === -1 ? resolve(folder, "../".repeat(depth)) : folder.slice(0, build);
}

/** The home from `--home`, else `KUMBH_HOME`, else `~/.kumbh`. */
export function resolveHome(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Home {
  return homeAt(resolve(flag ?? nonEmpty(env["KUMBH_HOME"]) ?? join(homedir(), ".kumbh")));
}

export function homeAt(root: string): Home {
  return {
    root,
    config: join(root, "config.toml"),
    socket: join(root, "kumbh.sock"),
    lock: join(root, "kumbh.lock"),
    database: join(root, "kumbh.db"),
    archive: join(root, "archive.db"),
    fleetCopy: join(root, "fleet.json"),
    strategies: join(root, "strategies"),
    state: join(root, "state"),
    backtests: join(root, "backtests"),
    logs: join(root, "logs"),
    crashes: join(root, "crashes"),
  };
}

/**
 * The account of a strategy on paper: beside its own database, which is the author's alone. A strategy's
 * name holds no dot, so this is nobody else's.
 */
export const paperDatabase = (home: Home, name: string): string =>
  join(home.state, `${name}.paper.db`);

/** The socket from `--socket`, else `KUMBH_SOCKET`, else the home's. Throws when the kernel cannot take it. */
export function resolveSocket(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  home: Home,
): string {
  const given = flag ?? nonEmpty(env["KUMBH_SOCKET"]);
  const path = given === undefined ? home.socket : resolve(given);
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) throw new SocketPathTooLongError(path);
  return path;
}

/** `~/x` as the shell would read it. */
export const expandTilde = (path: string): string =>
  path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

export class SocketPathTooLongError extends KumbhError {
  constructor(path: string) {
    super(
      "socket_path_too_long",
      `the socket's path has ${Buffer.byteLength(path)} bytes, Linux takes ${SOCKET_PATH_BYTES_MAX}: ${path}`,
      "choose a shorter home with `--home DIR`, or a socket elsewhere with `--socket PATH`",
      { exitCode: 2 },
    );
  }
}
