/** Finding the manager, and starting it when none is there. */
import { Client } from "#cli/client.ts";
import type { Context } from "#cli/context.ts";
import { startManager } from "#cli/manager-process.ts";
import { ManagerNotRunningError } from "#shared/errors.ts";

/** Longest wait for a manager that another command is starting or ending, in ms. */
const OTHER_MS = 15_000;
/** So long a manager that another command started is asked for before we start one again, in ms. */
const ASK_AGAIN_MS = 1000;
const POLL_MS = 50;

/** A client of the manager; starts it when none answers. Throws when it is of another version. */
export async function connect(context: Context): Promise<Client> {
  const client = new Client(context.socket);
  if (await answers(client)) return client;
  const deadline = performance.now() + OTHER_MS;
  for (;;) {
    const started = await startManager(context.home, context.socket);
    if (started.kind === "ready") {
      await client.ping();
      return client;
    }
    const again = performance.now() + ASK_AGAIN_MS;
    while (performance.now() < again) {
      if (await answers(client)) return client;
      await Bun.sleep(POLL_MS);
    }
    if (performance.now() > deadline) throw new ManagerNotRunningError(context.socket);
  }
}

/** Whether a manager of our version answers; throws for one that answers and cannot be used. */
async function answers(client: Client): Promise<boolean> {
  try {
    await client.ping();
    return true;
  } catch (thrown) {
    if (thrown instanceof ManagerNotRunningError) return false;
    throw thrown;
  }
}
