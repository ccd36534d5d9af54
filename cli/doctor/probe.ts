/** Looks at the home, the manager and the exchange for `kumbh doctor`; changes nothing. */
import { Database, SQLiteError } from "bun:sqlite";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { Client } from "#cli/client.ts";
import type { Context } from "#cli/context.ts";
import type {
  ConfigFact,
  DatabaseFact,
  Facts,
  HomeFact,
  KeyFact,
  LimitsFact,
  ManagerFact,
  SocketFact,
} from "#cli/doctor/facts.ts";
import { askExchange, openStream } from "#cli/doctor/probe-exchange.ts";
import { readKeyFile, readPrivate } from "#cli/private-file.ts";
import { ConfigFile, endpointsOf } from "#shared/config.ts";
import { errorBodyOf, ManagerNotRunningError, messageOf } from "#shared/errors.ts";
import { expandTilde, type Home } from "#shared/paths.ts";
import { parseToml } from "#shared/toml.ts";
import manifest from "../../package.json" with { type: "json" };

const PERMISSIONS = 0o777;

export async function probe({ home, socket, network }: Context): Promise<Facts> {
  const file = attempt(() => readConfig(home));
  const named = file.kind === "done" ? file.value : ConfigFile.parse({});
  const config = network === undefined ? named : { ...named, network };
  const endpoints = endpointsOf(config);
  const hasOwnEndpoints = config.endpoints.http !== undefined || config.endpoints.ws !== undefined;
  const [manager, exchange, stream] = await Promise.all([
    askManager(socket),
    askExchange(endpoints.http),
    openStream(endpoints.ws),
  ]);
  const path = existsSync(home.config) ? home.config : null;
  const read: ConfigFact = { kind: "read", path, network: config.network, hasOwnEndpoints };
  return {
    bun: { version: Bun.version, pinned: manifest.engines.bun },
    home: lookAtHome(home.root),
    freeBytes: freeBytesOf(home.root),
    config: file.kind === "done" ? read : { kind: "refused", error: file.error },
    key: lookAtKey(config),
    database: lookAtDatabase(home.database),
    archive: lookAtDatabase(home.archive),
    socket: lookAtSocket(socket),
    lock: lookAtLock(home.lock),
    manager,
    exchange,
    stream,
    limits: limitsOf(manager.kind === "answers" ? manager.pid : process.pid),
  };
}

type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly error: ReturnType<typeof errorBodyOf> };

function attempt<T>(act: () => T): Attempt<T> {
  try {
    return { kind: "done", value: act() };
  } catch (thrown) {
    return { kind: "failed", error: errorBodyOf(thrown) };
  }
}

const can = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
};

function lookAtHome(path: string): HomeFact {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    return { kind: "missing", path, isCreatable: can(nearest(path), constants.W_OK) };
  }
  if (!found.isDirectory()) return { kind: "no-folder", path };
  const isWritable = can(path, constants.W_OK);
  return {
    kind: "folder",
    path,
    mode: found.mode & PERMISSIONS,
    isOwn: found.uid === process.getuid?.(),
    isWritable,
  };
}

/** The innermost folder of a path that is there. */
const nearest = (path: string): string =>
  existsSync(path) || path === dirname(path) ? path : nearest(dirname(path));

function freeBytesOf(path: string): number | null {
  if (!existsSync(path)) return null;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function readConfig(home: Home): ConfigFile {
  if (!existsSync(home.config)) return ConfigFile.parse({});
  return parseToml(ConfigFile, { file: home.config, text: readPrivate(home.config), secret: true });
}

function lookAtKey({ account }: ConfigFile): KeyFact {
  const hasAddress = account.address !== undefined;
  if (account.key !== undefined) return { kind: "sound", source: "config.toml", hasAddress };
  if (account.key_command !== undefined) return { kind: "command" };
  if (account.key_file === undefined) return { kind: "none" };
  const path = expandTilde(account.key_file);
  const looked = attempt(() => readKeyFile(path));
  return looked.kind === "failed"
    ? { kind: "refused", error: looked.error }
    : { kind: "sound", source: path, hasAddress };
}

function lookAtDatabase(path: string): DatabaseFact {
  const found = existsSync(path) ? statSync(path) : undefined;
  if (found === undefined) return { kind: "missing" };
  // No manager leaves such a one: a file system that lost power does.
  if (found.size === 0) return { kind: "unsound", path, problem: "it is empty" };
  try {
    using db = new Database(path, { readonly: true });
    const answer = db
      .query<{ quick_check: string }, []>("PRAGMA quick_check(1)")
      .get()?.quick_check;
    if (answer === "ok") return { kind: "sound", path, bytes: found.size };
    return { kind: "unsound", path, problem: answer ?? "no answer" };
  } catch (error) {
    const isLocked = error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY") === true;
    return isLocked
      ? { kind: "locked", path }
      : { kind: "unsound", path, problem: messageOf(error) };
  }
}

function lookAtSocket(path: string): SocketFact {
  const found = existsSync(path) ? lstatSync(path) : undefined;
  if (found === undefined) return { kind: "missing" };
  return found.isSocket()
    ? { kind: "socket", path, mode: found.mode & PERMISSIONS }
    : { kind: "no-socket", path };
}

/** Whether a manager holds it: its lock is an exclusive transaction. */
function lookAtLock(path: string): "held" | "free" {
  if (!existsSync(path)) return "free";
  try {
    using lock = new Database(path, { readonly: true });
    lock.run("PRAGMA busy_timeout = 0");
    lock.query("SELECT * FROM sqlite_master").all();
    return "free";
  } catch (error) {
    return error instanceof SQLiteError && error.code === "SQLITE_BUSY" ? "held" : "free";
  }
}

async function askManager(socket: string): Promise<ManagerFact> {
  try {
    const { manager } = await new Client(socket).ping();
    return { kind: "answers", ...manager };
  } catch (thrown) {
    if (thrown instanceof ManagerNotRunningError) return { kind: "none" };
    return { kind: "unusable", error: errorBodyOf(thrown) };
  }
}

function limitsOf(pid: number): LimitsFact {
  const text = readFileSync(`/proc/${pid}/limits`, "utf8");
  // Bun raises the soft limit of open files to the hard one.
  const [, , hardFiles = ""] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text) ?? [];
  const [, processes = ""] = /^Max processes\s+(\S+)/m.exec(text) ?? [];
  return { openFiles: limitOf(hardFiles), processes: limitOf(processes) };
}

const limitOf = (text: string): number =>
  text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
