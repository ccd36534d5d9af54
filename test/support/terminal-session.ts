/** A program on a terminal of its own, driven by keys as a person drives it. */
import { readFileSync } from "node:fs";
import { until } from "#test/support/until.ts";

export interface TerminalSession extends Disposable {
  /** All that was written so far, control codes and all. */
  readonly shown: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Waits until this is written, after what was awaited before. */
  readonly sees: (text: string) => Promise<void>;
  /** Sends a signal to the program, not to the shell that it runs in. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** What the shell says when the program is over: its exit code and the terminal's settings. */
  readonly after: () => Promise<string>;
}

const SIZE = { cols: 100, rows: 30 };
const OVER = "OVER code=";

/** Runs the command in a shell, so that what it leaves of the terminal can be asked. */
export function openTerminal(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): TerminalSession {
  let shown = "";
  let seen = 0;
  const script = `"$@"; echo "${OVER}$?"; stty -a; echo THE END`;
  const child = Bun.spawn(["sh", "-c", script, "sh", ...command], {
    env: { PATH: process.env["PATH"], TERM: "xterm-256color", ...env },
    terminal: {
      ...SIZE,
      data: (_terminal, bytes) => {
        shown += new TextDecoder().decode(bytes);
      },
    },
  });
  return {
    shown: () => shown,
    type: (keys) => child.terminal?.write(keys),
    resize: (columns, rows) => child.terminal?.resize(columns, rows),
    sees: async (text) => {
      const at = await until(`"${text}" on the screen`, () => {
        const found = shown.indexOf(text, seen);
        return found === -1 ? undefined : found + text.length;
      });
      seen = at;
    },
    signal: (signal) => process.kill(onlyChildOf(child.pid), signal),
    after: async () => {
      await until("the end of the program", () => shown.includes("THE END") || undefined);
      return shown.slice(shown.indexOf(OVER));
    },
    [Symbol.dispose]: () => child.kill("SIGKILL"),
  };
}

function onlyChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim());
}
