import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { logOrChoice } from "#cli/choose.ts";
import { type Context, type ExitCode, INTERRUPTED } from "#cli/context.ts";
import { readLines } from "#cli/flags.ts";
import { interruptible } from "#cli/interruptible.ts";
import { NoLogError } from "#cli/logs/errors.ts";
import { follow, tailOf } from "#cli/logs/tail.ts";
import { print, writeOut } from "#cli/output.ts";
import { paintFor } from "#cli/paint.ts";
import { isScreen } from "#cli/terminal.ts";
import type { LogsFlags } from "#cli/verbs/watching.ts";
import { renderLog } from "#cli/view/log.ts";

const ENDING = ".log";

/** Reads the file itself: a log is there too while no manager runs. */
export async function logs(
  { home }: Context,
  typed: string | undefined,
  flags: LogsFlags,
): Promise<ExitCode> {
  const lines = readLines(flags.lines);
  const known = logNames(home.logs);
  const name = await logOrChoice(known, typed);
  if (name === undefined) return INTERRUPTED;
  // Only names of files that are there: none of them leads out of the folder.
  if (!known.includes(name)) throw new NoLogError(name, known);
  const path = join(home.logs, name + ENDING);
  const { bytes, end } = tailOf(path, lines);
  const out = await openOutput();
  const isRead = await out.write(bytes);
  if (flags.follow !== true || !isRead) {
    await out.end();
    return 0;
  }
  return await interruptible(async (signal) => {
    await follow(path, end, out.write, signal);
    await out.end();
    return signal.aborted ? INTERRUPTED : 0;
  });
}

const logNames = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(ENDING))
        .map((file) => file.slice(0, -ENDING.length))
        .toSorted()
    : [];

interface Output {
  /** Answers whether there is still a reader. */
  readonly write: (bytes: Uint8Array) => Promise<boolean>;
  /** Writes a line that has no end yet. */
  readonly end: () => Promise<void>;
}

/** Into a pipe as it is; on a screen line by line, without what a terminal would obey. */
async function openOutput(): Promise<Output> {
  if (!isScreen()) return { write: writeOut, end: async () => await Promise.resolve() };
  const paint = await paintFor("stdout");
  const decoder = new TextDecoder();
  let begun = "";
  return {
    write: async (bytes) => {
      const text = begun + decoder.decode(bytes, { stream: true });
      const whole = text.lastIndexOf("\n") + 1;
      begun = text.slice(whole);
      return whole === 0 || (await writeOut(`${renderLog(text.slice(0, whole - 1), paint)}\n`));
    },
    end: async () => {
      if (begun !== "") await print(renderLog(begun, paint));
    },
  };
}
