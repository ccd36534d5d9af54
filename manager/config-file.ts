/** Reading `config.toml` and the key that it names. What is secret is never quoted in an error. */
import { readFileSync, statSync } from "node:fs";
import type { Account } from "#manager/supervisor/launch.ts";
import { ConfigFile, PrivateKey } from "#shared/config.ts";
import { FileMissingError, KumbhError, messageOf } from "#shared/errors.ts";
import { expandTilde } from "#shared/paths.ts";
import { parseToml } from "#shared/toml.ts";

/** Longest time that `key_command` may take, in ms. */
const KEY_COMMAND_MS_MAX = 10_000;
/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

export class FileExposedError extends KumbhError {
  constructor(path: string) {
    super("file_exposed", `${path} can be read by others`, `type \`chmod 600 ${path}\``);
  }
}

export class KeyMalformedError extends KumbhError {
  constructor(source: string) {
    super(
      "key_malformed",
      `the key from ${source} is malformed: it must be 0x and 64 hex digits`,
      "copy the API wallet's private key anew from the exchange",
    );
  }
}

export class KeyCommandError extends KumbhError {
  constructor(problem: string) {
    super("key_command", `key_command gave no key: ${problem}`, "run the command by hand");
  }
}

/** The config of a home; with no file, every default. Throws with file and line of the fault. */
export function readConfig(path: string): ConfigFile {
  const text = readPrivate(path);
  return text === undefined
    ? ConfigFile.parse({})
    : parseToml(ConfigFile, { file: path, text, secret: true });
}

/** The account that the config names, its key read from where it lies; null when there is none. */
export async function readAccount({ account }: ConfigFile): Promise<Account | null> {
  const found = await readKey(account);
  if (found === undefined) return null;
  const parsed = PrivateKey.safeParse(found.key.trim());
  if (!parsed.success) throw new KeyMalformedError(found.source);
  return { address: account.address ?? null, key: parsed.data };
}

interface FoundKey {
  readonly key: string;
  /** Where it came from, in words. */
  readonly source: string;
}

async function readKey(account: ConfigFile["account"]): Promise<FoundKey | undefined> {
  if (account.key !== undefined) return { key: account.key, source: "config.toml" };
  if (account.key_file !== undefined) {
    const path = expandTilde(account.key_file);
    const key = readPrivate(path);
    if (key === undefined) throw new FileMissingError(path);
    return { key, source: path };
  }
  if (account.key_command !== undefined) {
    return { key: await runKeyCommand(account.key_command), source: "key_command" };
  }
  return undefined;
}

/** A file's text, or undefined when there is none. Throws when others than its owner can read it. */
function readPrivate(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if ((found.mode & OTHERS) !== 0) throw new FileExposedError(path);
  return readFileSync(path, "utf8");
}

async function runKeyCommand(command: string): Promise<string> {
  try {
    const child = Bun.spawn(["/bin/sh", "-c", command], {
      stdin: "ignore",
      stderr: "ignore",
      timeout: KEY_COMMAND_MS_MAX,
    });
    const output = await child.stdout.text();
    const code = await child.exited;
    if (code !== 0) throw new KeyCommandError(`it exited with code ${code}`);
    return output;
  } catch (error) {
    if (error instanceof KumbhError) throw error;
    throw new KeyCommandError(messageOf(error));
  }
}
