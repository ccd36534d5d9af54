/** The terminal while the live screen has it: raw keys, a screen of its own; given back whatever happens. */

import type { Key } from "#cli/monit/keys.ts";
import { readKeys } from "#cli/monit/keys.ts";

/** A screen of its own, so that what stood there before is there again afterwards. */
const ENTER = "\u001b[?1049h\u001b[2J\u001b[H";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const CLEAR = "\u001b[2J\u001b[H";

/** Signals that a person or a system sends to end a program, and their numbers. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
/** What a shell reports of a program that a signal ended, less the signal's number. */
const SIGNAL_EXIT = 128;

export interface SessionListener {
  key(key: Key): void;
  /** The size has changed: everything is to be drawn again. */
  resized(): void;
  /** A signal came, or the terminal went. */
  ended(exitCode: number): void;
}

export interface Session extends Disposable {
  readonly size: () => { readonly width: number; readonly height: number };
  /** Draws over what stood there; only lines that differ are sent. */
  draw(text: string): void;
}

/** Takes the terminal over. Only where stdin and stdout are one. */
export async function openSession(listener: SessionListener): Promise<Session> {
  const { createLogUpdate } = await import("log-update");
  const { stdin, stdout } = process;
  let update = createLogUpdate(stdout);
  const onData = (chunk: string) => {
    for (const key of readKeys(chunk)) listener.key(key);
  };
  const onResize = () => {
    // What is on the screen has been moved by the terminal: nothing of it can be relied on.
    stdout.write(CLEAR);
    update = createLogUpdate(stdout);
    listener.resized();
  };
  const onGone = () => listener.ended(SIGNAL_EXIT + SIGNALS.SIGHUP);
  const handlers = Object.entries(SIGNALS).map(
    ([signal, number]) => [signal, () => listener.ended(SIGNAL_EXIT + number)] as const,
  );
  const giveBack = () => {
    stdin.setRawMode(false);
    stdout.write(LEAVE);
  };
  stdout.write(ENTER);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.on("data", onData);
  stdin.once("end", onGone);
  stdin.resume();
  stdout.on("resize", onResize);
  process.once("exit", giveBack);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    size: () => ({ width: stdout.columns, height: stdout.rows }),
    draw: (text) => update(text),
    [Symbol.dispose]() {
      stdin.off("data", onData);
      stdin.off("end", onGone);
      stdin.pause();
      stdout.off("resize", onResize);
      for (const [signal, handler] of handlers) process.off(signal, handler);
      process.off("exit", giveBack);
      update.done();
      giveBack();
    },
  };
}
