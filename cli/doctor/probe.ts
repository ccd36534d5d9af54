/** Looks at the home, the manager and the exchange for `kumbh doctor`; changes nothing. */
import { existsSync, readFileSync } from "node:fs";
import { Client } from "#cli/client.ts";
import type { Context } from "#cli/context.ts";
import type {
  AccountFact,
  ConfigFact,
  Facts,
  KeyFact,
  LimitsFact,
  ManagerFact,
} from "#cli/doctor/facts.ts";
import { askAccount } from "#cli/doctor/probe-account.ts";
import { askExchange, openStream } from "#cli/doctor/probe-exchange.ts";
import {
  freeBytesOf,
  lookAtDatabase,
  lookAtHome,
  lookAtLock,
  lookAtSocket,
} from "#cli/doctor/probe-files.ts";
import { readKeyFile, readPrivate } from "#cli/private-file.ts";
import { ConfigFile, endpointsOf } from "#shared/config.ts";
import { errorBodyOf, ManagerNotRunningError } from "#shared/errors.ts";
import { expandTilde, type Home } from "#shared/paths.ts";
import { parseToml } from "#shared/toml.ts";
import manifest from "../../package.json" with { type: "json" };

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
  const { fact, key } = lookAtKey(config);
  const path = existsSync(home.config) ? home.config : null;
  const read: ConfigFact = { kind: "read", path, network: config.network, hasOwnEndpoints };
  return {
    bun: { version: Bun.version, pinned: manifest.engines.bun },
    home: lookAtHome(home.root),
    freeBytes: freeBytesOf(home.root),
    config: file.kind === "done" ? read : { kind: "refused", error: file.error },
    key: fact,
    account: await lookAtAccount(key, config, manager),
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

function readConfig(home: Home): ConfigFile {
  if (!existsSync(home.config)) return ConfigFile.parse({});
  return parseToml(ConfigFile, { file: home.config, text: readPrivate(home.config), secret: true });
}

/** The key that signs orders, as far as it lies here; `fact` tells of it without it. */
interface LookedKey {
  readonly fact: KeyFact;
  readonly key: string | undefined;
}

function lookAtKey({ account }: ConfigFile): LookedKey {
  const hasAddress = account.address !== undefined;
  if (account.key !== undefined) {
    return { fact: { kind: "sound", source: "config.toml", hasAddress }, key: account.key };
  }
  if (account.key_command !== undefined) return { fact: { kind: "command" }, key: undefined };
  if (account.key_file === undefined) return { fact: { kind: "none" }, key: undefined };
  const path = expandTilde(account.key_file);
  const looked = attempt(() => readKeyFile(path));
  return looked.kind === "failed"
    ? { fact: { kind: "refused", error: looked.error }, key: undefined }
    : { fact: { kind: "sound", source: path, hasAddress }, key: looked.value };
}

/** A manager that runs has asked, and tells it itself; on paper nobody does. */
async function lookAtAccount(
  key: string | undefined,
  config: ConfigFile,
  manager: ManagerFact,
): Promise<AccountFact> {
  const isAsked = manager.kind !== "answers" && config.network !== "paper";
  return key === undefined || !isAsked ? { kind: "unasked" } : await askAccount(key, config);
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
