/**
 * The end of a log, and what is written to it from there on.
 *
 * A log is rotated by being copied to `NAME.log.1` and truncated, so one that is shorter
 * than it was has gone on in a new one: what is left to be read of the old one stands in the copy. A log
 * that grows past where it was read to between two looks, truncated meanwhile, is not known from one that
 * was not; at 8 MB a log that is no fault.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";

/** How often a log that is followed is looked at, in ms. */
const LOOK_MS = 200;
/** Read at once, in bytes. */
const CHUNK_BYTES = 64 << 10;
const NEWLINE = 0x0a;

export interface Tail {
  /** The last lines. */
  readonly bytes: Uint8Array;
  /** Where the log ended, in bytes. */
  readonly end: number;
}

/** The last so many lines of a log, begun in its older ones where it is shorter. */
export function tailOf(path: string, lines: number): Tail {
  const end = sizeOf(path);
  let bytes = Buffer.from(endOf(path, end, lines));
  for (let age = 1; lastLinesAt(bytes, lines) === undefined; age++) {
    const older = copyOf(path, age);
    const size = sizeOf(older);
    if (size === 0) return { bytes, end };
    bytes = Buffer.concat([endOf(older, size, lines), bytes]);
  }
  return { bytes: bytes.subarray(lastLinesAt(bytes, lines)), end };
}

/** Where the last so many lines begin; undefined when there are not more than they. Pure. */
export function lastLinesAt(bytes: Uint8Array, lines: number): number | undefined {
  if (lines === 0) return bytes.length;
  // The newline at the very end ends the last line, and begins none.
  let at = bytes.length - 1;
  for (let found = 0; found < lines; found++) {
    if (at <= 0) return undefined;
    at = bytes.lastIndexOf(NEWLINE, at - 1);
    if (at === -1) return undefined;
  }
  return at + 1;
}

/** A part of a log or of the copy of it, in bytes. */
export interface Part {
  readonly of: "log" | "copy";
  readonly from: number;
  readonly to: number;
}

/** What has been written since a log was read up to `offset`, by the sizes of it and of its copy. Pure. */
export const writtenSince = (offset: number, sizes: { log: number; copy: number }): Part[] =>
  sizes.log >= offset
    ? [{ of: "log", from: offset, to: sizes.log }]
    : [
        { of: "copy", from: offset, to: sizes.copy },
        { of: "log", from: 0, to: sizes.log },
      ];

/** Hands on what is written to the log after `offset`, until the signal or until nobody takes it. */
export async function follow(
  path: string,
  offset: number,
  take: (bytes: Uint8Array) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  for (let at = offset; !signal.aborted; await Bun.sleep(LOOK_MS)) {
    for (const piece of newsOf(path, at)) {
      ({ at } = piece);
      if (!(await take(piece.bytes))) return;
    }
  }
}

interface Piece {
  readonly bytes: Uint8Array;
  /** Where the log, or its copy, has been read up to. */
  readonly at: number;
}

function* newsOf(path: string, offset: number): Generator<Piece> {
  const pathOf = { log: path, copy: copyOf(path, 1) };
  const sizes = { log: sizeOf(pathOf.log), copy: sizeOf(pathOf.copy) };
  for (const { of, from, to } of writtenSince(offset, sizes)) {
    for (let at = from; at < to; ) {
      const bytes = read(pathOf[of], at, Math.min(to, at + CHUNK_BYTES));
      // Rotated since its size was asked: the next look finds the rest in the copy.
      if (bytes.length === 0) break;
      at += bytes.length;
      yield { bytes, at };
    }
  }
}

/** At least so many lines, or all that there is. */
function endOf(path: string, size: number, lines: number): Uint8Array {
  for (let want = CHUNK_BYTES; ; want *= 2) {
    const bytes = read(path, Math.max(0, size - want), size);
    if (want >= size || lastLinesAt(bytes, lines) !== undefined) return bytes;
  }
}

/** 1 is the youngest. */
const copyOf = (path: string, age: number): string => `${path}.${age}`;

/** What stands there; less where the file has become shorter. */
function read(path: string, from: number, to: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

/** 0 where there is none: that of a removed strategy may come back. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
