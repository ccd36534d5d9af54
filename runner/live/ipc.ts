/** The pipe to the manager that this process was spawned with. */
import { FromChild, ToChild } from "#shared/child-message.ts";
import { IPC_CLOSED_CODE } from "#shared/exit.ts";
import { parseValue } from "#shared/json.ts";

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
    onMessage(parseValue(ToChild, message, "a message of the manager"));
  });
  process.once("disconnect", () => process.exit(IPC_CLOSED_CODE));
  return { send, sendLast };
}

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
