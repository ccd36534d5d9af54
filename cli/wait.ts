/** Waiting until strategies run. */
import type { Client } from "#cli/client.ts";
import { unreachable } from "#shared/assert.ts";
import type { StrategyView } from "#shared/control-api.ts";

/** How often the manager is asked while we wait, in ms. */
const POLL_MS = 100;

/** What became of one strategy. `waiting`: not there yet. */
export type Outcome =
  | { readonly kind: "waiting"; readonly view: StrategyView | undefined }
  | { readonly kind: "reached"; readonly view: StrategyView }
  | { readonly kind: "failed"; readonly view: StrategyView };

/**
 * Whether a strategy that was sent to run does. `pidBefore` is a process that must have made way for
 * another, null when there was none. One that fell at its first try has failed, although it will try
 * again.
 */
export function judge(view: StrategyView | undefined, pidBefore: number | null): Outcome {
  if (view === undefined) return { kind: "waiting", view };
  switch (view.state) {
    case "running":
      return { kind: view.pid === pidBefore ? "waiting" : "reached", view };
    case "starting":
      return { kind: view.failures > 0 ? "failed" : "waiting", view };
    case "backoff":
    case "failed":
      return { kind: "failed", view };
    case "stopping":
    case "stopped":
      return { kind: "waiting", view };
    default:
      return unreachable(view.state, "lifecycle state");
  }
}

/**
 * Asks until every strategy runs or has failed, or until the deadline. `pidsBefore` names them all,
 * each with the process that must have made way; outcomes are in its order.
 */
export async function waitFor(
  client: Client,
  pidsBefore: ReadonlyMap<string, number | null>,
  withinMs: number,
): Promise<Map<string, Outcome>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { strategies } = await client.call("list", {});
    const views = new Map(strategies.map((view) => [view.name, view]));
    const outcomes = new Map(
      [...pidsBefore].map(([name, pid]) => [name, judge(views.get(name), pid)]),
    );
    const open = [...outcomes.values()].some((outcome) => outcome.kind === "waiting");
    if (!open || performance.now() > deadline) return outcomes;
    await Bun.sleep(POLL_MS);
  }
}

/** The processes of those that have one: a restart is done when another one runs. */
export async function pidsOf(
  client: Client,
  names: readonly string[],
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const wanted = new Set(names);
  const { strategies } = await client.call("list", {});
  return new Map(
    strategies.flatMap(({ name, pid }) =>
      pid !== null && (wanted.has("all") || wanted.has(name)) ? [[name, pid]] : [],
    ),
  );
}
