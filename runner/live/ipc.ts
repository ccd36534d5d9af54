/** The pipe to the manager that this process was spawned with. */
import { assert } from "#shared/assert.ts";
import type { FromChild, ToChild } from "#shared/child-message.ts";

/** Longest wait until last words have left the process, in ms. */
const LAST_WORDS_MS_MAX = 1000;

export interface Ipc {
  send(message: FromChild): void;
  /** Resolves when it, and all before it, have reached the kernel, or the wait was too long. */
  sendLast(message: FromChild): Promise<void>;
}

/** Calls back with each message. A manager that is gone takes this process with it. */
export function openIpc(onMessage: (message: ToChild) => void): Ipc {
  process.on("message", (message: unknown) => {
    assert(isOfManager(message), "only the manager writes to the pipe");
    onMessage(message);
  });
  process.once("disconnect", () => process.exit(0));
  return { send, sendLast };
}

/**
 * The manager is of this same installation and built its message from checked values, so only the form
 * is looked at: the schemas would take each child 20 ms and 2 MB to build.
 */
const isOfManager = (message: unknown): message is ToChild =>
  typeof message === "object" && message !== null && "kind" in message;

/** Between the end of the manager and our `disconnect` there is nobody to talk to. */
const isConnected = (): boolean => process.connected && process.send !== undefined;

function send(message: FromChild): void {
  if (isConnected()) process.send?.(message);
}

async function sendLast(message: FromChild): Promise<void> {
  if (!isConnected()) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LAST_WORDS_MS_MAX);
    process.send?.(message, undefined, undefined, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
