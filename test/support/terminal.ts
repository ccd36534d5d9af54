/** `kumbh` on a terminal, where somebody answers the question that it asks. */
import { join } from "node:path";

const KUMBH = join(import.meta.dir, "../../cli/main.ts");
/** What stands at the end of every question of ours. */
const ASKED = "(y/N)";

export interface OnTerminal {
  readonly code: number;
  /** All that was to be seen, control codes and all. */
  readonly shown: string;
}

/** Types `keys` when the question is there. */
export async function onTerminal(args: readonly string[], keys: string): Promise<OnTerminal> {
  let shown = "";
  // The last words may come after the exit: the terminal has an end of its own.
  const closed = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, KUMBH, ...args], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    terminal: {
      cols: 200,
      data: (terminal, bytes) => {
        const before = shown;
        shown += new TextDecoder().decode(bytes);
        if (!before.includes(ASKED) && shown.includes(ASKED)) terminal.write(keys);
      },
      exit: () => closed.resolve(),
    },
  });
  const code = await child.exited;
  await closed.promise;
  return { code, shown };
}
