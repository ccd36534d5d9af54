import type { ExitCode } from "#cli/context.ts";
import { BUN, SIM_ENTRY } from "#cli/installation.ts";
import { readSimFlags, type SimFlags } from "#cli/sim-flags.ts";

/** Runs the simulator in our place: its output is ours, its end is ours, our signals are its. */
export async function sim(flags: SimFlags): Promise<ExitCode> {
  const options = readSimFlags(flags);
  const child = Bun.spawn([...BUN, "--no-orphans", SIM_ENTRY, JSON.stringify(options)], {
    stdio: ["inherit", "inherit", "inherit"],
    // Its own session, so that a Ctrl-C reaches it once, by us, and not from the terminal too.
    detached: true,
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  return await child.exited;
}
