/** A disk of its own for a test, small enough to be filled: a file system in memory, where we may mount one. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "#test/support/temp-home.ts";

/** What fills it is written in pieces of so many bytes, then of fewer, down to one page. */
const PIECES = [1 << 20, 1 << 16, 1 << 12] as const;

const mount = (...args: readonly string[]): boolean =>
  Bun.spawnSync(["mount", ...args], { stdout: "ignore", stderr: "ignore" }).success;

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  empty(): void;
  /** From now on nothing can be written. */
  makeReadOnly(): void;
}

/** Undefined where this process may not mount: it takes root, as in a container. */
export function smallDisk(bytes: number): SmallDisk | undefined {
  const folder = tempFolder();
  if (!mount("-t", "tmpfs", "-o", `size=${bytes},mode=700`, "kumbh-test", folder.path)) {
    folder[Symbol.dispose]();
    return undefined;
  }
  const ballast = join(folder.path, "ballast");
  return {
    path: folder.path,
    fill: () => fillWith(ballast),
    empty: () => rmSync(ballast, { force: true }),
    makeReadOnly: () => {
      if (!mount("-o", "remount,ro", folder.path)) throw new Error("it cannot be made read-only");
    },
    [Symbol.dispose]: () => {
      // Lazily: a process of the test may only just be ending.
      Bun.spawnSync(["umount", "--lazy", folder.path]);
      folder[Symbol.dispose]();
    },
  };
}

function fillWith(path: string): void {
  const file = openSync(path, "a", 0o600);
  try {
    for (const bytes of PIECES) {
      while (isTaken(file, Buffer.alloc(bytes))) continue;
    }
  } finally {
    closeSync(file);
  }
}

/** Whether all of it found room. */
function isTaken(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length;
  } catch (error) {
    if (error instanceof Error && error.message.includes("ENOSPC")) return false;
    throw error;
  }
}
