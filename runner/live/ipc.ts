/** The pipe to the manager of a live child. */
import { openPipe, type Pipe } from "#runner/pipe.ts";
import { type FromChild, ToChild } from "#shared/child-message.ts";

export type Ipc = Pipe<FromChild>;

/** Calls back with each message. A manager that is gone takes this process with it. */
export const openIpc = (onMessage: (message: ToChild) => void): Ipc => openPipe(ToChild, onMessage);
