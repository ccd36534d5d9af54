/** Strategies on their way up, as a list that is drawn again and again until all have arrived. */
import { feedsCell } from "#cli/view/cells.ts";
import { age, count, duration, rate } from "#cli/view/numbers.ts";
import { whyText, widest } from "#cli/view/outcome.ts";
import { paceOf } from "#cli/view/progress.ts";
import type { Screen } from "#cli/view/screen.ts";
import { cut, joinFitting, oneLine, padEnd } from "#cli/view/text.ts";
import type { Outcome } from "#cli/wait.ts";
import { unreachable } from "#shared/assert.ts";
import type { StrategyView } from "#shared/control-api.ts";

export interface Arrivals {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly elapsedMs: number;
  /** How long they are waited for. */
  readonly withinMs: number;
}

export interface ArrivalsScreen extends Pick<Screen, "width" | "paint"> {
  /** Lines of the screen: a longer list could not be drawn over. */
  readonly height: number;
}

const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
/** How long one figure of the spinner stands, in ms. */
const FIGURE_MS = 100;

/** A line of sums, then one a strategy; where they are too many, those that matter most. */
export function renderArrivals(arrivals: Arrivals, screen: ArrivalsScreen): string {
  const { outcomes, elapsedMs } = arrivals;
  const { width, height, paint } = screen;
  const spinner = SPINNER[Math.floor(elapsedMs / FIGURE_MS) % SPINNER.length] ?? "";
  const nameWidth = widest([...outcomes.keys()]);
  // One line for the sums, one for the cursor, one for what is left out.
  const shown = mostTelling([...outcomes], Math.max(1, height - 3));
  const lines = shown.map(([name, outcome]) => {
    const { sign, words, style } = lineOf(outcome, spinner);
    return paint[style](cut(`${sign} ${padEnd(name, nameWidth)}  ${words}`, width - 1));
  });
  const left = outcomes.size - shown.length;
  if (left > 0) lines.push(paint.dim(`  and ${left} more`));
  return [paint.bold(cut(sumsText(arrivals, width - 1), width - 1)), ...lines].join("\n");
}

/** From so many on their pace is worth telling: that of few is chance. */
const PACED_MIN = 10;

/** How many have arrived, how many have not, how fast they come and how long the rest will take. */
function sumsText({ outcomes, elapsedMs, withinMs }: Arrivals, columns: number): string {
  const byKind = Map.groupBy(outcomes.values(), ({ kind }) => kind);
  const [run = [], failed = []] = [byKind.get("reached"), byKind.get("failed")];
  const parts = [`${count(run.length)} of ${count(outcomes.size)} running`];
  if (failed.length > 0) parts.push(`${count(failed.length)} failed`);
  parts.push(`${age(elapsedMs)} of ${duration(withinMs)}`);
  const done = run.length + failed.length;
  const { perSecond, leftMs } = paceOf(
    { atMs: 0, done: 0 },
    { atMs: elapsedMs, done },
    outcomes.size,
  );
  if (perSecond !== null && outcomes.size >= PACED_MIN && done < outcomes.size) {
    parts.push(rate(perSecond), `${age(leftMs)} left`);
  }
  return joinFitting(parts, columns);
}

const RANK: Readonly<Record<Outcome["kind"], number>> = { failed: 0, waiting: 1, reached: 2 };

/** As many as there is room for, in the order that they have. */
function mostTelling(
  entries: readonly (readonly [string, Outcome])[],
  room: number,
): readonly (readonly [string, Outcome])[] {
  const ranked = entries.toSorted(([, a], [, b]) => RANK[a.kind] - RANK[b.kind]).slice(0, room);
  const kept = new Set(ranked.map(([name]) => name));
  return entries.filter(([name]) => kept.has(name));
}

interface Line {
  readonly sign: string;
  readonly words: string;
  readonly style: "green" | "red" | "yellow";
}

function lineOf(outcome: Outcome, spinner: string): Line {
  switch (outcome.kind) {
    case "reached": {
      const { state, pid } = outcome.view;
      return { sign: "✔", words: pid === null ? state : `${state}, pid ${pid}`, style: "green" };
    }
    case "waiting":
      return { sign: spinner, words: onItsWay(outcome.view), style: "yellow" };
    case "failed": {
      const { state } = outcome.view;
      return { sign: "✘", words: `${state}${whyText(outcome.view)}`, style: "red" };
    }
    default:
      return unreachable(outcome, "outcome");
  }
}

function onItsWay(view: StrategyView | undefined): string {
  if (view === undefined) return "gone";
  // What runs and is waited for makes way for another process.
  if (view.state === "running") return "still the one before";
  const feeds = view.feeds.length === 0 ? "" : `, ${oneLine(feedsCell(view.feeds))}`;
  return `${view.state}${feeds}`;
}
