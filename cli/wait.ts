/** Waiting until strategies are where they were sent. */
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

/** Where a strategy is sent: `pidBefore` is the run that must have ended first, null when none ran. */
export type Goal =
  | { readonly kind: "running"; readonly pidBefore: number | null }
  | { readonly kind: "stopped" };

/** Whether it has arrived. One that fell at its first try has failed, although it will try again. */
export function judge(view: StrategyView | undefined, goal: Goal): Outcome {
  if (view === undefined) return { kind: "waiting", view };
  switch (goal.kind) {
    case "running":
      return judgeStart(view, goal.pidBefore);
    case "stopped":
      return { kind: view.state === "stopped" ? "reached" : "waiting", view };
    default:
      return unreachable(goal, "goal");
  }
}

function judgeStart(view: StrategyView, pidBefore: number | null): Outcome {
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

/** Asks until every strategy has arrived or failed, or until the deadline; in the order of `goals`. */
export async function waitFor(
  client: Client,
  goals: ReadonlyMap<string, Goal>,
  withinMs: number,
): Promise<Map<string, Outcome>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { strategies } = await client.call("list", {});
    const views = new Map(strategies.map((view) => [view.name, view]));
    const outcomes = new Map(
      [...goals].map(([name, goal]) => [name, judge(views.get(name), goal)]),
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
