/** A simulated exchange of our own, for as long as we live. */
import { BUN, SIM_ENTRY } from "#cli/installation.ts";
import { KumbhError } from "#shared/errors.ts";
import { parseJson } from "#shared/json.ts";
import { SimListening, type SimOptions } from "#shared/sim-options.ts";

/** Longest wait until it listens, and for its end, in ms. */
const START_MS = 10_000;
const END_MS = 3000;

export class SimStartError extends KumbhError {
  constructor(problem: string) {
    super("sim_start", `the simulated exchange did not start: ${problem}`, "try `kumbh sim`");
  }
}

export interface SimProcess extends AsyncDisposable {
  readonly listening: SimListening;
}

/** Starts it and waits until it listens. Throws `SimStartError`. */
export async function startSimProcess(options: SimOptions): Promise<SimProcess> {
  const child = Bun.spawn([...BUN, "--no-orphans", SIM_ENTRY, JSON.stringify(options)], {
    // Its own session: a Ctrl-C of the terminal is for us, who end it in our turn.
    detached: true,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
  const line = await firstLine(child.stdout);
  clearTimeout(timer);
  if (line === undefined) {
    const said = (await child.stderr.text()).trim();
    throw new SimStartError(said === "" ? "it ended without a word" : said);
  }
  return {
    listening: parseJson(SimListening, line, "the simulated exchange's first line"),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), END_MS);
      await child.exited;
      clearTimeout(kill);
    },
  };
}

/** The first line of a stream; undefined when it ends before. The rest is not read. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf("\n");
    if (end !== -1) return text.slice(0, end);
  }
  return undefined;
}
