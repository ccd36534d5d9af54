/** Writing to the standard streams. Nothing but the answer goes to stdout. */
import { isBrokenPipe } from "#cli/broken-pipe.ts";
import { paintFor } from "#cli/paint.ts";
import { asideWidth } from "#cli/terminal.ts";
import { renderError, renderRemark, renderWarning } from "#cli/view/message.ts";
import { errorBodyOf, KumbhError } from "#shared/errors.ts";

/** Writes lines to stdout. A reader that went away (`kumbh history | head -1`) has what it wanted. */
export async function print(text: string): Promise<void> {
  await writeOut(`${text}\n`);
}

/** Writes to stdout as it is. Answers whether there is still a reader. */
export const writeOut = async (data: string | Uint8Array): Promise<boolean> =>
  await write(Bun.stdout, data);

async function write(stream: Bun.BunFile, data: string | Uint8Array): Promise<boolean> {
  // Bun truncates a file that a stream leads to when nothing is written to it.
  if (data.length === 0) return true;
  try {
    await Bun.write(stream, data);
    return true;
  } catch (thrown) {
    if (!isBrokenPipe(thrown)) throw thrown;
    return false;
  }
}

/** Writes a file that is read as it comes. */
export async function printResponse(response: Response): Promise<void> {
  try {
    await Bun.write(Bun.stdout, response);
    await Bun.write(Bun.stdout, "\n");
  } catch (thrown) {
    if (!isBrokenPipe(thrown)) throw thrown;
  }
}

export async function printJson(value: unknown): Promise<void> {
  await print(JSON.stringify(value, null, 2));
}

/** The one form of errors. What is no `KumbhError` is a bug of ours: then the stack is shown too. */
export async function printError(thrown: unknown): Promise<void> {
  const body = errorBodyOf(thrown);
  const isBug = !(thrown instanceof KumbhError) && thrown instanceof Error;
  const frame = isBug ? (thrown.stack ?? null) : body.frame;
  const paint = await paintFor("stderr");
  await printAside(renderError({ ...body, frame }, paint, asideWidth()));
}

export async function printWarnings(warnings: readonly string[]): Promise<void> {
  if (warnings.length === 0) return;
  const paint = await paintFor("stderr");
  await printAside(
    warnings.map((warning) => renderWarning(warning, paint, asideWidth())).join("\n"),
  );
}

/** Writes lines to stderr: what a person should know and a program should not read. */
export async function printAside(text: string): Promise<void> {
  await write(Bun.stderr, `${text}\n`);
}

/** The same in words, which are broken where the screen ends. */
export async function printRemark(text: string): Promise<void> {
  await printAside(renderRemark(text, asideWidth()));
}
