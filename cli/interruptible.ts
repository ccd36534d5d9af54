import { writeSync } from "node:fs";
import { constants } from "node:os";

/** Lets a person end the work with Ctrl-C, which aborts the signal; what is done by then is kept. */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

const STDERR = 2;
/** What a shell gives for a command that a signal ended is this and the signal's number. */
const SIGNALLED = 128;

/**
 * Work of the manager that changes something: Ctrl-C ends the waiting for it alone. Whether it is done all the
 * same nobody knows here, so that is what is said.
 */
export async function changing<Result>(work: () => Promise<Result>): Promise<Result> {
  process.on("SIGINT", leave).on("SIGTERM", leave);
  try {
    return await work();
  } finally {
    process.off("SIGINT", leave).off("SIGTERM", leave);
  }
}

function leave(signal: "SIGINT" | "SIGTERM"): never {
  writeSync(
    STDERR,
    "not waited for any longer; the manager may do what was asked: see `kumbh ls`\n",
  );
  process.exit(SIGNALLED + constants.signals[signal]);
}
