/** Waiting until strategies run. */
import type { Client } from "#cli/client.ts";
import { unreachable } from "#shared/assert.ts";
import type { StrategyView } from "#shared/control-api.ts";

/** How often the manager is asked while we wait, in ms. */
const POLL_MS = 100;
/** So long the others are still waited for when one has failed: its reason must not be kept back, in ms. */
const AFTER_FAILURE_MS = 3000;

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

export interface WaitOptions {
  readonly withinMs: number;
  /** Told what is known each time that the manager was asked. */
  readonly onOutcomes?: (outcomes: ReadonlyMap<string, Outcome>) => Promise<void>;
  /** Aborted: nobody wants to wait any longer. */
  readonly signal?: AbortSignal;
}

/**
 * Asks until every strategy runs, until one has failed and the rest had its time to settle too, or
 * until the deadline. `pidsBefore` names them all, each with the process that must have made way;
 * outcomes are in its order.
 */
export async function waitFor(
  client: Client,
  pidsBefore: ReadonlyMap<string, number | null>,
  { withinMs, onOutcomes, signal }: WaitOptions,
): Promise<ReadonlyMap<string, Outcome>> {
  let deadline = performance.now() + withinMs;
  let hasFailed = false;
  for (;;) {
    const { strategies } = await client.call("list", {});
    const views = new Map(strategies.map((view) => [view.name, view]));
    const outcomes = new Map(
      [...pidsBefore].map(([name, pid]) => [name, judge(views.get(name), pid)]),
    );
    await onOutcomes?.(outcomes);
    const kinds = new Set([...outcomes.values()].map(({ kind }) => kind));
    if (kinds.has("failed") && !hasFailed) {
      hasFailed = true;
      deadline = Math.min(deadline, performance.now() + AFTER_FAILURE_MS);
    }
    const isOver = !kinds.has("waiting") || performance.now() > deadline;
    if (isOver || signal?.aborted === true) return outcomes;
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
