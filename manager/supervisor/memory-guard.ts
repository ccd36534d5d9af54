/**
 * Keeps a child from filling the manager's memory. Bun's IPC reads a message whole before it hands it
 * over, however long it is: a child that writes without ever ending its line makes the manager grow by
 * hundreds of megabytes a second and is never heard of. So the manager watches its own memory, and when
 * it grows in a leap it looks which child has been writing that much, and where it did not go into a log.
 * A message sent with `process.send` is not written but sent, which no figure of the kernel tells; but
 * whoever sends it holds it whole, twice, and its own limit of memory ends it.
 */
import { statSync } from "node:fs";
import { readMemory, readWritten } from "#manager/supervisor/usage.ts";

/** How often the manager's memory is looked at, in ms. */
const LOOK_MS = 50;
/** Growth since it was last at rest that needs an explanation, in bytes. */
export const LEAP_BYTES = 64 << 20;
/** Writing of a child since the leap was seen that explains it, in bytes. */
export const BLAME_BYTES_MIN = 32 << 20;
/**
 * Share of the way from what was at rest to what is now that a look goes, upwards: so slowly that a child
 * which writes 7 MB a second, starved of the processor, makes a leap in the end.
 */
const REST_SHARE = 0.005;
/** So many looks a leap is looked into; then it is the manager's own need, and what is now is at rest. */
const LEAP_LOOKS_MAX = 40;

/** What a child has written since it began, in bytes. */
export interface Written {
  readonly name: string;
  readonly pid: number;
  readonly bytes: number;
  /** Size of its log. */
  readonly logBytes: number;
}

/** Who wrote how much that did not go into a log; nobody who wrote less than `BLAME_BYTES_MIN`. */
export function culprits(
  before: readonly Written[],
  after: readonly Written[],
): { readonly name: string; readonly bytes: number }[] {
  const earlier = new Map(before.map((child) => [child.pid, child]));
  return after.flatMap(({ name, pid, bytes, logBytes }) => {
    const then = earlier.get(pid);
    if (then === undefined) return [];
    // A log that was rotated meanwhile has shrunk, and says nothing.
    const logged = Math.max(0, logBytes - then.logBytes);
    const unexplained = bytes - then.bytes - logged;
    return unexplained < BLAME_BYTES_MIN ? [] : [{ name, bytes: unexplained }];
  });
}

export interface Guarded {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
}

export interface MemoryGuardOptions {
  /** The children as they are now. */
  readonly children: () => readonly Guarded[];
  /** This child fills the manager's memory: `bytes` since it was first seen to grow. */
  readonly blame: (name: string, bytes: number) => void;
}

export class MemoryGuard implements Disposable {
  readonly #options: MemoryGuardOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #restBytes: number;
  /** What the children had written when it was seen; undefined while the memory is at rest. */
  #leap: { readonly from: readonly Written[]; looks: number } | undefined;

  constructor(options: MemoryGuardOptions) {
    this.#options = options;
    this.#restBytes = ownMemory();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const ownBytes = ownMemory();
    if (ownBytes - this.#restBytes < LEAP_BYTES) {
      this.#restBytes = Math.min(this.#restBytes, ownBytes);
      this.#restBytes += (ownBytes - this.#restBytes) * REST_SHARE;
      this.#leap = undefined;
      return;
    }
    const now = this.#options.children().flatMap((child) => writtenBy(child) ?? []);
    this.#leap ??= { from: now, looks: 0 };
    const found = culprits(this.#leap.from, now);
    for (const { name, bytes } of found) this.#options.blame(name, bytes);
    this.#leap.looks++;
    if (found.length === 0 && this.#leap.looks < LEAP_LOOKS_MAX) return;
    // Explained, or not to be explained: the next leap begins from here.
    this.#restBytes = ownBytes;
    this.#leap = undefined;
  }
}

const ownMemory = (): number => readMemory(process.pid) ?? 0;

function writtenBy({ name, pid, logPath }: Guarded): Written | undefined {
  const bytes = readWritten(pid);
  const logBytes = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0;
  return bytes === undefined ? undefined : { name, pid, bytes, logBytes };
}
