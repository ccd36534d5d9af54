/** The six states of a strategy as they look. */
import type { Paint } from "#cli/paint.ts";
import { unreachable } from "#shared/assert.ts";
import type { LifecycleState } from "#shared/control-api.ts";

/** A full dot runs, a half one is on its way, an empty one does not. */
export function stateText(state: LifecycleState): string {
  switch (state) {
    case "running":
      return "● running";
    case "starting":
    case "stopping":
    case "backoff":
      return `◐ ${state}`;
    case "stopped":
      return "○ stopped";
    case "failed":
      return "✘ failed";
    default:
      return unreachable(state, "lifecycle state");
  }
}

export function paintState(text: string, state: LifecycleState, paint: Paint): string {
  switch (state) {
    case "running":
      return paint.green(text);
    case "starting":
    case "stopping":
    case "backoff":
      return paint.yellow(text);
    case "stopped":
      return paint.dim(text);
    case "failed":
      return paint.red(text);
    default:
      return unreachable(state, "lifecycle state");
  }
}
