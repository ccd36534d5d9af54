/** Starting the manager: a process of its own session that outlives us, and tells us when it listens. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { ManagerStartError } from "#cli/client-errors.ts";
import { BUN, MANAGER_ENTRY } from "#cli/installation.ts";
import type { Network } from "#shared/config.ts";
import { FolderNotWritableError, RemoteError } from "#shared/errors.ts";
import { formatDuration } from "#shared/format.ts";
import { parseValue } from "#shared/json.ts";
import { Handshake, type ManagerArgument } from "#shared/manager-start.ts";
import type { Home } from "#shared/paths.ts";

/** Longest time from the spawn until the manager listens, in ms. */
const START_MS = 20_000;
/** Lines and bytes of the manager's log that an error about its start shows. */
const LOG_TAIL_LINES = 8;
const LOG_TAIL_BYTES = 4096;

/**
 * What the manager finds in its environment, beside `KUMBH_*`: where programs lie, whose it is, what
 * a `key_command` such as `pass` or `gpg` needs. The rest of a shell's environment, secrets of other
 * programs among it, would stay with the manager for months.
 */
const ENV_KEPT: readonly string[] = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "TMPDIR",
  "XDG_RUNTIME_DIR",
  "XDG_CONFIG_HOME",
  "GNUPGHOME",
  "PASSWORD_STORE_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
];

export type Started =
  | { readonly kind: "ready" }
  /** Another manager holds the home, or is about to let it go. */
  | { readonly kind: "already-running" }
  /** None was started: a person has to say yes first. */
  | { readonly kind: "asks"; readonly question: string };

export interface StartOptions {
  /** Undefined: as the config says. */
  readonly network?: Network | undefined;
  /** What the manager would ask is answered with yes. */
  readonly yes?: boolean;
}

/** How the wait for the manager's one word ended. */
type Word =
  | { readonly kind: "said"; readonly message: unknown }
  | { readonly kind: "none"; readonly problem: string };

/**
 * Starts a manager and waits for its one word. Throws what the manager gives as its reason, or
 * `ManagerStartError` with the end of its log.
 */
export async function startManager(
  home: Home,
  socket: string,
  { network, yes }: StartOptions = {},
): Promise<Started> {
  const logPath = join(home.logs, "manager.log");
  const log = openLog(home, logPath);
  const logFrom = Bun.file(logPath).size;
  const argument = { home: home.root, socket, network: network ?? null, yes: yes ?? false };
  const word = await firstWord(argument, log);
  if (word.kind === "none") {
    throw new ManagerStartError(logPath, word.problem, await logTail(logPath, logFrom));
  }
  const handshake = parseValue(Handshake, word.message, "the manager's first word");
  if (handshake.kind === "failed") throw new RemoteError(handshake.error);
  if (handshake.kind === "asks") return handshake;
  return { kind: handshake.kind };
}

async function firstWord(argument: ManagerArgument, log: number): Promise<Word> {
  const word = Promise.withResolvers<Word>();
  const child = Bun.spawn([...BUN, MANAGER_ENTRY, JSON.stringify(argument)], {
    detached: true,
    cwd: argument.home,
    stdin: "ignore",
    stdout: log,
    stderr: log,
    env: managerEnv(process.env),
    serialization: "json",
    ipc: (message: unknown) => word.resolve({ kind: "said", message }),
    onExit: (_child, code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `died of ${signal}`;
      word.resolve({ kind: "none", problem: `it ${how}` });
    },
  });
  closeSync(log);
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    const problem = `it did not listen within ${formatDuration(START_MS)}`;
    word.resolve({ kind: "none", problem });
  }, START_MS);
  const said = await word.promise;
  clearTimeout(timer);
  child.disconnect();
  child.unref();
  return said;
}

function openLog(home: Home, logPath: string): number {
  try {
    mkdirSync(home.root, { recursive: true, mode: 0o700 });
    mkdirSync(home.logs, { recursive: true, mode: 0o700 });
    return openSync(logPath, "a", 0o600);
  } catch (cause) {
    throw new FolderNotWritableError(home.logs, cause);
  }
}

/** What the manager wrote into its log since it was started: the last of it. */
async function logTail(logPath: string, logFrom: number): Promise<string> {
  const file = Bun.file(logPath);
  const text = await file.slice(Math.max(logFrom, file.size - LOG_TAIL_BYTES)).text();
  return text.trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
}

export function managerEnv(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = { TZ: "UTC" };
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (ENV_KEPT.includes(name) || name.startsWith("KUMBH_"))) {
      kept[name] = value;
    }
  }
  return kept;
}
