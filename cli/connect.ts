/** Finding the manager, and starting it when none is there. */
import { agreed } from "#cli/ask.ts";
import { Client } from "#cli/client.ts";
import { ManagerBrokeOffError, NotStartedError, OtherNetworkError } from "#cli/client-errors.ts";
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
  const deadline = performance.now() + OTHER_MS;
  let absence = await absenceOf(client, context);
  while (absence !== undefined) {
    if ((await start(context)) === "ready") {
      requireNetwork(await client.ping(), context);
      return client;
    }
    const again = performance.now() + ASK_AGAIN_MS;
    while (absence !== undefined && performance.now() < again) {
      absence = await absenceOf(client, context);
      if (absence !== undefined) await Bun.sleep(POLL_MS);
    }
    if (absence !== undefined && performance.now() > deadline) throw absence;
  }
  return client;
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

/**
 * Why no manager answers; undefined when one does. One that breaks off before it has answered dies
 * just now: killed, it takes connections for a moment still. Throws for one that cannot be used.
 */
async function absenceOf(client: Client, context: Context): Promise<Error | undefined> {
  try {
    requireNetwork(await client.ping(), context);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ManagerNotRunningError) return thrown;
    if (thrown instanceof ManagerBrokeOffError) return thrown;
    throw thrown;
  }
}
