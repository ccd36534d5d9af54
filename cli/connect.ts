/** Finding the manager, and starting it when none is there. */
import { agreed } from "#cli/ask.ts";
import { Client } from "#cli/client.ts";
import { NotStartedError, OtherNetworkError } from "#cli/client-errors.ts";
import type { Context } from "#cli/context.ts";
import { startManager } from "#cli/manager-process.ts";
import type { Ping } from "#shared/control-api.ts";
import { ManagerNotRunningError } from "#shared/errors.ts";

/** Longest wait for a manager that another command is starting or ending, in ms. */
const OTHER_MS = 15_000;
/** So long a manager that another command started is asked for before we start one again, in ms. */
const ASK_AGAIN_MS = 1000;
const POLL_MS = 50;

/**
 * A client of the manager; starts it when none answers. Throws when it is of another version or on
 * another network than the command line names, and when a person does not want it started.
 */
export async function connect(context: Context): Promise<Client> {
  const client = new Client(context.socket);
  if (await answers(client, context)) return client;
  const deadline = performance.now() + OTHER_MS;
  for (;;) {
    if ((await start(context)) === "ready") {
      requireNetwork(await client.ping(), context);
      return client;
    }
    const again = performance.now() + ASK_AGAIN_MS;
    while (performance.now() < again) {
      if (await answers(client, context)) return client;
      await Bun.sleep(POLL_MS);
    }
    if (performance.now() > deadline) throw new ManagerNotRunningError(context.socket);
  }
}

/** Starts the manager; asks the person what it asks. */
async function start(context: Context): Promise<"ready" | "already-running"> {
  const { home, socket, network, yes } = context;
  const first = await startManager(home, socket, { network, yes });
  if (first.kind !== "asks") return first.kind;
  if (!(await agreed(context, first.question))) throw new NotStartedError();
  const second = await startManager(home, socket, { network, yes: true });
  return second.kind === "asks" ? "already-running" : second.kind;
}

function requireNetwork({ manager }: Ping, { socket, network }: Context): void {
  if (network === undefined || manager.network === network) return;
  throw new OtherNetworkError(socket, manager.network, network);
}

/** Whether a manager of ours answers; throws for one that answers and cannot be used. */
async function answers(client: Client, context: Context): Promise<boolean> {
  try {
    requireNetwork(await client.ping(), context);
    return true;
  } catch (thrown) {
    if (thrown instanceof ManagerNotRunningError) return false;
    throw thrown;
  }
}
