/** Before orders cost real money, a person has said so. */
import { agreed } from "#cli/ask.ts";
import type { Client } from "#cli/client.ts";
import type { Context } from "#cli/context.ts";
import { printAside } from "#cli/output.ts";
import { unreachable } from "#shared/assert.ts";
import type { Network } from "#shared/config.ts";
import type { Fleet, LifecycleState } from "#shared/control-api.ts";
import type { FleetEntry } from "#shared/ecosystem.ts";
import { listNames } from "#shared/format.ts";

/** Names in a question; the rest is counted. */
const NAMES_MAX = 10;

/**
 * Whether these may be started as far as real money goes: on mainnet a person says yes to those that do
 * not run and are not on paper. What runs or comes back by itself was asked for already.
 */
export async function mayStart(
  client: Client,
  context: Context,
  names: readonly string[],
): Promise<boolean> {
  const fleet = await client.call("list", {});
  return await mayTrade(context, fleet.manager.network, realStarts(fleet, names));
}

/** Whether these may send real orders; false when a person said no, and then that is said. */
export async function mayTrade(
  context: Context,
  network: Network,
  names: readonly string[],
): Promise<boolean> {
  if (network !== "mainnet" || names.length === 0) return true;
  const question = `start with real orders on mainnet: ${listNames(names, NAMES_MAX)}?`;
  if (await agreed(context, question)) return true;
  await printAside("nothing was changed");
  return false;
}

/** Whether this file may be added: on mainnet it may take the place of one that trades. */
export async function mayAdd(
  client: Client,
  context: Context,
  entry: FleetEntry,
): Promise<boolean> {
  const { manager, strategies } = await client.call("list", {});
  const trades = strategies.some(({ state, paper }) => !paper && !isIdle(state));
  if (manager.network !== "mainnet" || !trades || context.yes) return true;
  const { items } = await client.call("check", { entries: [entry] });
  const replaced = items.filter(({ action, paper }) => action === "replace" && !paper);
  return await mayTrade(
    context,
    manager.network,
    replaced.map(({ name }) => name),
  );
}

/** Of the named, those that would begin to send real orders. */
function realStarts({ strategies }: Fleet, names: readonly string[]): string[] {
  return strategies
    .filter(({ name }) => names.includes(name) || names.includes("all"))
    .filter(({ state, paper }) => !paper && isIdle(state))
    .map(({ name }) => name);
}

function isIdle(state: LifecycleState): boolean {
  switch (state) {
    case "stopped":
    case "stopping":
    case "failed":
      return true;
    case "starting":
    case "running":
    case "backoff":
      return false;
    default:
      return unreachable(state, "lifecycle state");
  }
}
