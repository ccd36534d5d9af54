/** The key that `kumbh init` is told of: read where it lies, to see whose it is. */
import { KeyCommandFailedError, NoPrivateKeyError } from "#cli/init/errors.ts";
import { readKeyFile } from "#cli/private-file.ts";
import { type ConfigFile, PrivateKey } from "#shared/config.ts";
import { formatDuration } from "#shared/format.ts";
import { expandTilde } from "#shared/paths.ts";

/** Longest time that a command may take for the key, in ms: as long as the manager gives it. */
const COMMAND_MS_MAX = 10_000;

/** A pasted key in the form of the config: `0x` may be missing. Undefined: it is no key. */
export function readPasted(text: string): string | undefined {
  const digits = text.trim().replace(/^0x/i, "");
  return PrivateKey.safeParse(`0x${digits}`).data;
}

/** The key that a config names; undefined: it names none. Throws why it cannot be read. */
export async function keyOf(account: ConfigFile["account"]): Promise<string | undefined> {
  if (account.key !== undefined) return account.key;
  if (account.key_file !== undefined) return readKeyFile(expandTilde(account.key_file));
  return account.key_command === undefined ? undefined : await runKeyCommand(account.key_command);
}

/** Runs the command as the manager will. Throws `KeyCommandFailedError`. */
export async function runKeyCommand(command: string): Promise<string> {
  const parsed = PrivateKey.safeParse((await outputOf(command)).trim());
  if (!parsed.success) throw new KeyCommandFailedError("it must print 0x and 64 hex digits");
  return parsed.data;
}

async function outputOf(command: string): Promise<string> {
  const child = Bun.spawn(["/bin/sh", "-c", command], {
    stdin: "ignore",
    stderr: "ignore",
    timeout: COMMAND_MS_MAX,
  });
  const output = await child.stdout.text();
  const code = await child.exited;
  if (child.signalCode !== null) {
    throw new KeyCommandFailedError(`it did not end within ${formatDuration(COMMAND_MS_MAX)}`);
  }
  if (code !== 0) throw new KeyCommandFailedError(`it exited with code ${code}`);
  return output;
}

/** The address of a key, in lower case. Throws `NoPrivateKeyError`: the library's own could quote the key. */
export async function addressOf(key: string): Promise<string> {
  // The cryptography takes a tenth of a second to load.
  const { privateKeyToAddress } = await import("viem/accounts");
  try {
    return privateKeyToAddress(`0x${key.slice("0x".length)}`).toLowerCase();
  } catch {
    throw new NoPrivateKeyError();
  }
}
