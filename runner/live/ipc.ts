/** The pipe to the manager of a live child. */
import { openPipe, type Pipe } from "#runner/pipe.ts";
import { assert } from "#shared/assert.ts";
import type { FromChild, ToChild } from "#shared/child-message.ts";

export type Ipc = Pipe<FromChild>;

/** Calls back with each message. A manager that is gone takes this process with it. */
export const openIpc = (onMessage: (message: ToChild) => void): Ipc => openPipe(read, onMessage);

function read(message: unknown): ToChild {
  assert(isOfManager(message), "only the manager writes to the pipe");
  return message;
}

/**
 * The manager is of this same installation and built its message from checked values, so only the form
 * is looked at: the schemas would take each child 20 ms and 2 MB to build.
 */
const isOfManager = (message: unknown): message is ToChild =>
  typeof message === "object" && message !== null && "kind" in message;
