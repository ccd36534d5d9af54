/** Files that hold a key: only their owner may read them. */
import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { FilePublicError, KeyFormError } from "#cli/doctor/errors.ts";
import { PrivateKey } from "#shared/config.ts";
import { FileMissingError, FileUnwritableError } from "#shared/errors.ts";

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;
const OWNER_ONLY = 0o600;

/** Throws `FileMissingError`, and `FilePublicError` when others than its owner can read it. */
export function readPrivate(path: string): string {
  if (!existsSync(path)) throw new FileMissingError(path);
  if ((statSync(path).mode & OTHERS) !== 0) throw new FilePublicError(path);
  return readFileSync(path, "utf8");
}

/** The key that a file holds. Throws as `readPrivate` does, and `KeyFormError`. */
export function readKeyFile(path: string): string {
  const parsed = PrivateKey.safeParse(readPrivate(path).trim());
  if (!parsed.success) throw new KeyFormError(path);
  return parsed.data;
}

/**
 * Writes a file that only its owner can read, at no moment another: whole, or not at all. Throws
 * `FileUnwritableError`.
 */
export function writePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text, { mode: OWNER_ONLY, flag: "wx" });
    // The mode of `writeFileSync` is less the umask.
    chmodSync(draft, OWNER_ONLY);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new FileUnwritableError(path, cause);
  }
}
