/** Looks at what lies in a home for `kumbh doctor`; changes nothing. */
import { Database, SQLiteError } from "bun:sqlite";
import { accessSync, constants, existsSync, lstatSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseFact, HomeFact, SocketFact } from "#cli/doctor/facts.ts";
import { messageOf } from "#shared/errors.ts";

const PERMISSIONS = 0o777;

export function lookAtHome(path: string): HomeFact {
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

const can = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
};

/** The innermost folder of a path that is there. */
const nearest = (path: string): string =>
  existsSync(path) || path === dirname(path) ? path : nearest(dirname(path));

/** Free for us on the disk of a folder, in bytes; null when there is no such folder. */
export function freeBytesOf(path: string): number | null {
  if (!existsSync(path)) return null;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

export function lookAtDatabase(path: string): DatabaseFact {
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

export function lookAtSocket(path: string): SocketFact {
  const found = existsSync(path) ? lstatSync(path) : undefined;
  if (found === undefined) return { kind: "missing" };
  return found.isSocket()
    ? { kind: "socket", path, mode: found.mode & PERMISSIONS }
    : { kind: "no-socket", path };
}

/** Whether a manager holds it: its lock is an exclusive transaction. */
export function lookAtLock(path: string): "held" | "free" {
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
