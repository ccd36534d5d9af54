import { confirmed } from "#cli/ask.ts";
import { namesOrChoice } from "#cli/choose.ts";
import type { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import type { Context, ExitCode } from "#cli/context.ts";
import { fileKindOf, fleetEntries, strategyEntry } from "#cli/entries.ts";
import { readWait } from "#cli/flags.ts";
import { readList } from "#cli/list-flag.ts";
import { NoFleetFileError, NotTogetherError, ParamsOfNamesError } from "#cli/misuse.ts";
import { print, printAside, printWarnings } from "#cli/output.ts";
import { readParams } from "#cli/params.ts";
import { mayStart, mayTrade } from "#cli/real-orders.ts";
import { currentScreen } from "#cli/screen.ts";
import { settle } from "#cli/settle.ts";
import { canAsk } from "#cli/terminal.ts";
import type { StartFlags } from "#cli/verbs/fleet.ts";
import { renderPlan } from "#cli/view/plan.ts";
import { pidsOf } from "#cli/wait.ts";
import type { LifecycleState, Plan } from "#shared/control-api.ts";
import type { FleetEntry } from "#shared/ecosystem.ts";

/** States in which there is something to start. */
const STARTABLE: readonly LifecycleState[] = ["stopped", "failed", "backoff"];

/** What the words after `start` mean. */
type Wanted =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "entries"; readonly entries: readonly FleetEntry[] };

export async function start(
  context: Context,
  words: readonly string[],
  flags: StartFlags,
): Promise<ExitCode> {
  const withinMs = readWait(flags.wait);
  const wanted = readWanted(words, flags.only);
  const client = await connect(context);
  if (wanted.kind === "names") {
    const names = await namesOrChoice(client, wanted.names, { verb: "start", states: STARTABLE });
    if (names.length === 0) return 1;
    if (!(await mayStart(client, context, names))) return 1;
    const done = await client.call("start", { names: [...names], yes: true });
    return await settle(client, done, { withinMs });
  }
  return await startPlan(client, wanted.entries, { context, withinMs });
}

export function readWanted(words: readonly string[], only: string | undefined): Wanted {
  // A word that begins with two hyphens stood after `--`: the params begin there.
  const paramsAt = words.findIndex((word) => word.startsWith("--"));
  const what = paramsAt === -1 ? words : words.slice(0, paramsAt);
  const params = readParams(paramsAt === -1 ? [] : words.slice(paramsAt));
  const hasParams = Object.keys(params).length > 0;
  const file = what.find((word) => fileKindOf(word) !== undefined);
  if (file !== undefined && what.length > 1) throw new NotTogetherError(file);
  const kind = file === undefined ? undefined : fileKindOf(file);
  if (only !== undefined && kind !== "fleet") throw new NoFleetFileError("--only");
  if (hasParams && kind !== "strategy") {
    throw new ParamsOfNamesError(kind === "fleet" ? "a fleet file" : "names");
  }
  if (file === undefined) return { kind: "names", names: what };
  if (kind === "strategy") {
    return { kind: "entries", entries: [strategyEntry(file, undefined, params)] };
  }
  const chosen = only === undefined ? undefined : readList("--only", only, "btc,eth");
  return { kind: "entries", entries: fleetEntries(file, chosen) };
}

/** Shows what would be done, asks what must be asked, does it. */
async function startPlan(
  client: Client,
  entries: readonly FleetEntry[],
  { context, withinMs }: { readonly context: Context; readonly withinMs: number | undefined },
): Promise<ExitCode> {
  const plan = await client.call("plan", { entries: [...entries] });
  await print(renderPlan(plan, await currentScreen(context)));
  await printWarnings(plan.warnings);
  const replaced = namesOf(plan, "replace");
  if (!(await mayApply(client, context, plan))) return 1;
  if (plan.id === null || plan.items.every((item) => item.action === "leave")) {
    await printAside("nothing to do: all of it runs as written");
    return 0;
  }
  const pids = await pidsOf(client, replaced);
  const { done, warnings } = await client.call("apply", { id: plan.id, yes: true });
  const left = new Set(namesOf(plan, "leave"));
  const touched = { done: done.filter(({ name }) => !left.has(name)), warnings };
  return await settle(client, touched, { withinMs, pids });
}

/** Asks where real orders begin on mainnet; else, on a terminal, where something that runs is replaced. */
async function mayApply(client: Client, context: Context, plan: Plan): Promise<boolean> {
  const { manager } = await client.ping();
  const real = plan.items.filter(({ action, paper }) => action !== "leave" && !paper);
  if (manager.network === "mainnet" && real.length > 0) {
    return await mayTrade(
      context,
      manager.network,
      real.map(({ name }) => name),
    );
  }
  const replaced = namesOf(plan, "replace");
  if (replaced.length === 0 || context.yes || !canAsk()) return true;
  if (await confirmed(`replace ${replaced.join(", ")}?`)) return true;
  await printAside("nothing was changed");
  return false;
}

const namesOf = (plan: Plan, action: Plan["items"][number]["action"]): string[] =>
  plan.items.filter((item) => item.action === action).map((item) => item.name);
