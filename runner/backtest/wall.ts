/** Asks the kernel to keep this process, all its threads, from the network and from other processes. */
import { dlopen, ptr } from "bun:ffi";
import { ARCHITECTURES, instructionsIn, wallFilter } from "#runner/backtest/wall-filter.ts";
import { messageOf } from "#shared/errors.ts";

/** By GNU, and by musl. */
const C_LIBRARIES = [
  "libc.so.6",
  `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`,
];

/** `prctl(2)`: without it only root may filter. It also keeps programs from gaining rights. */
const PR_SET_NO_NEW_PRIVS = 38;
/** `seccomp(2)`: a filter for all threads, without the slow speculation guards of older kernels. */
const SET_MODE_FILTER = 1;
const ALL_THREADS_AND_NO_SLOWDOWN = 0b101;
/** `struct sock_fprog`: how many instructions, and where. */
const PROGRAM_BYTES = 16;
const PROGRAM_POINTER_AT = 8;

/** For good. Says why not, where the kernel or the C library does not go along. */
export function raiseWall(): string | undefined {
  const machine = ARCHITECTURES[process.arch];
  if (machine === undefined) return `no numbers of system calls are known for ${process.arch}`;
  try {
    const { prctl, syscall } = openLibrary();
    const filter = wallFilter(machine, process.pid);
    const program = new DataView(new ArrayBuffer(PROGRAM_BYTES));
    program.setUint16(0, instructionsIn(filter), true);
    program.setBigUint64(PROGRAM_POINTER_AT, BigInt(ptr(filter)), true);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0) return "the kernel refuses no_new_privs";
    const result = syscall(
      machine.seccomp,
      SET_MODE_FILTER,
      ALL_THREADS_AND_NO_SLOWDOWN,
      ptr(program),
    );
    return Number(result) === 0 ? undefined : "the kernel refuses the filter (seccomp)";
  } catch (error) {
    return messageOf(error);
  }
}

const open = (name: string) =>
  dlopen(name, {
    prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
    syscall: { args: ["i64", "u64", "u64", "u64"], returns: "i64" },
  }).symbols;

function openLibrary(): ReturnType<typeof open> {
  const [first, second] = C_LIBRARIES;
  try {
    return open(String(first));
  } catch {
    // Not GNU's: an error now is that of the last one that there could be.
    return open(String(second));
  }
}
