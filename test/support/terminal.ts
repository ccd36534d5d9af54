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
  await using terminal = new Bun.Terminal({
    cols: 200,
    data: (to, bytes) => {
      const before = shown;
      shown += new TextDecoder().decode(bytes);
      if (!before.includes(ASKED) && shown.includes(ASKED)) to.write(keys);
    },
  });
  const child = Bun.spawn([process.execPath, KUMBH, ...args], {
    terminal,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
  });
  return { code: await child.exited, shown };
}
