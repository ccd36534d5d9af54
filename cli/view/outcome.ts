/** What became of the strategies that a command was about: one line each. */
import { authorErrorText } from "#cli/view/error-text.ts";
import { renderFrame } from "#cli/view/message.ts";
import type { Screen } from "#cli/view/screen.ts";
import { indented, oneLine, padEnd, wrap } from "#cli/view/text.ts";
import type { Outcome } from "#cli/wait.ts";
import { unreachable } from "#shared/assert.ts";
import type { Done, StrategyView } from "#shared/control-api.ts";

/** Of what follows the line of a strategy. */
const INDENT = 4;
/** A frame has an indent of its own. */
const FRAME_INDENT = 2;
/** `all` of an empty fleet. */
const NOBODY = "no strategies: nothing was done";

/** `names`: beside which these stand, so that all lines have one form though they come one by one. */
export function renderOutcomes(
  outcomes: ReadonlyMap<string, Outcome>,
  screen: Pick<Screen, "paint" | "width">,
  names: Iterable<string> = outcomes.keys(),
): string {
  if (outcomes.size === 0) return NOBODY;
  const nameWidth = widest([...names]);
  return [...outcomes]
    .map(([name, outcome]) => outcomeLines(padEnd(name, nameWidth), outcome, screen))
    .join("\n");
}

function outcomeLines(
  name: string,
  outcome: Outcome,
  { paint, width }: Pick<Screen, "paint" | "width">,
): string {
  switch (outcome.kind) {
    case "reached": {
      const { state, pid } = outcome.view;
      return `${paint.green("✔")} ${name}  ${pid === null ? state : `${state}, pid ${pid}`}`;
    }
    case "waiting":
      return paint.yellow(`… ${name}  ${outcome.view?.state ?? "gone"}, not there yet`);
    case "failed": {
      const why = `✘ ${name}  ${outcome.view.state}${whyText(outcome.view)}`;
      const lines = [paint.red(wrap(why, width, INDENT))];
      const frame = outcome.view.lastError?.frame ?? null;
      if (frame !== null) {
        lines.push(indented(renderFrame(frame, paint, width - FRAME_INDENT), FRAME_INDENT));
      }
      lines.push(`    see \`kumbh show ${outcome.view.name}\``);
      return lines.join("\n");
    }
    default:
      return unreachable(outcome, "outcome");
  }
}

export const whyText = ({ lastError }: StrategyView): string =>
  lastError === null ? "" : `: ${authorErrorText(lastError)}`;

/** What the manager did, in its own words. */
export function renderDone({ done }: Done, { paint }: Pick<Screen, "paint">): string {
  if (done.length === 0) return NOBODY;
  const nameWidth = widest(done.map(({ name }) => name));
  return done
    .map(({ name, what }) => `${paint.green("✔")} ${padEnd(name, nameWidth)}  ${oneLine(what)}`)
    .join("\n");
}

export const widest = (names: readonly string[]): number =>
  Math.max(0, ...names.map((name) => name.length));
