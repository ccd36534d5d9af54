/** Reading a CSV file piece by piece. */
import { existsSync } from "node:fs";
import { LineSplitter } from "#cli/candle-csv.ts";
import { FileMissingError, FileUnreadableError, KumbhError } from "#shared/errors.ts";

/** Throws `FileMissingError`, `FileUnreadableError`, and the `KumbhError` that `take` throws. */
export async function readLines(path: string, take: (line: string) => void): Promise<void> {
  if (!existsSync(path)) throw new FileMissingError(path);
  const splitter = new LineSplitter(take);
  const decoder = new TextDecoder();
  try {
    for await (const bytes of Bun.file(path).stream()) {
      splitter.push(decoder.decode(bytes, { stream: true }));
    }
    splitter.end();
  } catch (cause) {
    if (cause instanceof KumbhError) throw cause;
    throw new FileUnreadableError(path, cause);
  }
}
