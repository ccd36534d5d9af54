/** Orders of the fleet: what asks for a look comes first. */
import type { SortKey } from "#cli/verbs/watching.ts";
import { unreachable } from "#shared/assert.ts";
import type { LifecycleState, StrategyView } from "#shared/control-api.ts";

/** Equals stay in the order that they have. */
export const sortStrategies = (
  strategies: readonly StrategyView[],
  key: SortKey,
): readonly StrategyView[] => strategies.toSorted((a, b) => compare(a, b, key));

/** Trouble first, then what runs, then what was stopped. */
const STATE_RANK: Readonly<Record<LifecycleState, number>> = {
  failed: 0,
  backoff: 1,
  stopping: 2,
  starting: 3,
  running: 4,
  stopped: 5,
};

function compare(a: StrategyView, b: StrategyView, key: SortKey): number {
  switch (key) {
    case "name":
      return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
    case "state":
      return STATE_RANK[a.state] - STATE_RANK[b.state];
    case "uptime":
      return largestFirst(a.uptimeMs, b.uptimeMs);
    case "restarts":
      return b.restarts - a.restarts;
    case "cpu":
      return largestFirst(a.cpuPercent, b.cpuPercent);
    case "memory":
      return largestFirst(a.memoryBytes, b.memoryBytes);
    case "candle":
      return largestFirst(a.lastCandleAt, b.lastCandleAt);
    default:
      return unreachable(key, "key to sort by");
  }
}

/** What has no figure comes last. */
function largestFirst(a: number | null, b: number | null): number {
  return (b ?? Number.NEGATIVE_INFINITY) === (a ?? Number.NEGATIVE_INFINITY)
    ? 0
    : (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY);
}
