/** Ending the manager, and knowing that it is gone. */
import { existsSync, readFileSync } from "node:fs";
import { Client } from "#cli/client.ts";
import { ManagerBrokeOffError, ManagerStaysError } from "#cli/client-errors.ts";
import { MANAGER_ENTRY } from "#cli/installation.ts";
import { ManagerNotRunningError } from "#shared/errors.ts";

/** Longest wait for the manager's end, in ms: its strategies have their own deadlines to stop. */
const END_MS = 60_000;
const POLL_MS = 20;

/**
 * Ends the manager on this socket, of whatever version it is, and waits until its process and its
 * socket are gone. Answers with its pid, or undefined when none ran. Throws `ManagerStaysError`.
 */
export async function endManager(socket: string): Promise<number | undefined> {
  const client = new Client(socket);
  const pid = await pidOf(client);
  if (pid === undefined) return undefined;
  const isHere = isManagerProcess(pid) ? () => isManagerProcess(pid) : () => false;
  await client.call("down", {});
  const deadline = performance.now() + END_MS;
  while (isHere() || (await answersAs(client, pid))) {
    if (performance.now() > deadline) throw new ManagerStaysError(pid, END_MS);
    await Bun.sleep(POLL_MS);
  }
  return pid;
}

async function answersAs(client: Client, pid: number): Promise<boolean> {
  try {
    return (await pidOf(client)) === pid;
  } catch (thrown) {
    // It is closing its connections.
    if (thrown instanceof ManagerBrokeOffError) return true;
    throw thrown;
  }
}

async function pidOf(client: Client): Promise<number | undefined> {
  try {
    return (await client.pingHead()).manager.pid;
  } catch (thrown) {
    if (thrown instanceof ManagerNotRunningError) return undefined;
    throw thrown;
  }
}

/** Whether the pid is a manager of this machine: a forwarded socket leads to one of another. */
function isManagerProcess(pid: number): boolean {
  const path = `/proc/${pid}/cmdline`;
  try {
    return existsSync(path) && readFileSync(path, "utf8").includes(MANAGER_ENTRY);
  } catch (thrown) {
    // It ended between the two calls.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH") return false;
    throw thrown;
  }
}
