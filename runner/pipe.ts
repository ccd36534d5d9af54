/** The child's end of the IPC that it was spawned with. */
import { IPC_CLOSED_CODE } from "#shared/exit.ts";

/** Longest wait until last words have left the process, in ms. */
const LAST_WORDS_MS_MAX = 1000;

export interface Pipe<Out> {
  send(message: Out): void;
  /** Resolves when it, and all before it, have reached the kernel, or the wait was too long. */
  sendLast(message: Out): Promise<void>;
}

/** Calls back with each message. A manager that is gone takes this process with it. */
export function openPipe<In, Out extends object>(
  read: (message: unknown) => In,
  onMessage: (message: In) => void,
): Pipe<Out> {
  // The author's code may replace all of these.
  const exit = process.exit.bind(process);
  const [setTimer, clearTimer] = [setTimeout, clearTimeout];
  const send = process.send?.bind(process);
  process.on("message", (message: unknown) => {
    onMessage(read(message));
  });
  process.once("disconnect", () => exit(IPC_CLOSED_CODE));
  /** Between the end of the manager and our `disconnect` there is nobody to talk to. */
  const isConnected = (): boolean => process.connected && send !== undefined;
  return {
    send(message) {
      if (isConnected()) send?.(message);
    },
    async sendLast(message) {
      if (!isConnected()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimer(resolve, LAST_WORDS_MS_MAX);
        send?.(message, undefined, undefined, () => {
          clearTimer(timer);
          resolve();
        });
      });
    },
  };
}
