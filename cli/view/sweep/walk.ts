/** The result of a walk forward: each choice on the test that followed it, the tests joined, its stability. */
import { gridSize, pointAt } from "#cli/sweep/grid.ts";
import { figuresOf } from "#cli/sweep/study.ts";
import type { Choice, Joined, Walk } from "#cli/sweep/walk.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { count, duration, figure, NOTHING, ratio, signedRatio, utcDay } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import {
  combinationsText,
  failedText,
  renderFacts,
  spanText,
  warningLine,
} from "#cli/view/sweep/facts.ts";
import { rankText, rankValue } from "#cli/view/sweep/rank-text.ts";
import { counted, oneLine, SEPARATOR, wrap } from "#cli/view/text.ts";
import type { BacktestStats } from "#shared/backtest.ts";

/** Values of a param that are told by how often they were chosen. */
const VALUES_SHOWN = 6;
const MARGIN = 2;

export function renderWalk(walk: Walk, screen: Screen): string {
  const { width, paint } = screen;
  const blocks = [
    renderFacts(walk, factsOf(walk), screen),
    renderGrid(columnsOf(walk), { width, paint }),
    [...joinedLines(walk.joined), ...stabilityLines(walk)].map((line) => wrap(line, width, MARGIN)),
    warningsOf(walk).map((text) => warningLine(text, screen)),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n");
}

function factsOf(walk: Walk): (readonly [string, string])[] {
  const [first] = walk.choices;
  const lengths =
    first === undefined
      ? ""
      : ` of ${duration(lengthOf(first.window.train))}, each tested on the next ${duration(lengthOf(first.window.test))}`;
  return [
    ["range", spanText(walk.span)],
    ["windows", `${count(walk.windows)}${lengths}`],
    ["combinations", combinationsText(walk, gridSize(walk.axes))],
  ];
}

const lengthOf = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): number =>
  toMs - fromMs;

function columnsOf({ axes, rank, choices }: Walk): GridColumn[] {
  const right = (title: string, order: number, cell: (choice: Choice) => string): GridColumn => ({
    title,
    align: "right",
    rank: order,
    cells: choices.map(cell),
  });
  return [
    right("test from (UTC)", 0, ({ window }) => utcDay(window.test.fromMs)),
    right("to", 3, ({ window }) => utcDay(window.test.toMs)),
    ...axes.map(({ name }) =>
      right(name, 0, ({ trial }) =>
        trial === undefined ? NOTHING : oneLine(pointAt(axes, trial.index)[name] ?? ""),
      ),
    ),
    right(`${rank} in`, 0, ({ trial }) =>
      trial === undefined ? NOTHING : rankText(trial.train, rank),
    ),
    right(`${rank} out`, 0, ({ trial }) =>
      trial?.test === undefined ? NOTHING : rankText(trial.test, rank),
    ),
    ...(rank === "return"
      ? []
      : [
          right(
            "return out",
            1,
            stat(({ returnRatio }) => signedRatio(returnRatio)),
          ),
        ]),
    ...(rank === "drawdown"
      ? []
      : [
          right(
            "drawdown out",
            2,
            stat((stats) => ratio(stats.maxDrawdownRatio)),
          ),
        ]),
    right(
      "trades out",
      4,
      stat(({ trades }) => count(trades)),
    ),
  ];
}

/** Of the test; a choice whose test was not run, or failed, has nothing to say. */
const stat =
  (say: (stats: BacktestStats) => string) =>
  ({ trial }: Choice): string => {
    const figures = figuresOf(trial?.test);
    return figures === undefined ? NOTHING : say(figures.stats);
  };

function joinedLines(joined: Joined): string[] {
  if (joined.tests === 0) return ["joined out-of-sample: no test was run"];
  const hold = joined.buyHoldRatio === null ? "n/a" : signedRatio(joined.buyHoldRatio);
  const parts = [
    `joined out-of-sample: ${signedRatio(joined.returnRatio)} (buy and hold ${hold})`,
    `sharpe ${joined.sharpe === null ? "n/a" : figure(joined.sharpe)}`,
    `largest drawdown of a test ${ratio(joined.maxDrawdownRatio)}`,
    counted(joined.trades, "trade", "trades"),
    `${joined.gained} of ${counted(joined.tests, "test", "tests")} gained`,
  ];
  return [parts.join(SEPARATOR)];
}

function stabilityLines({ stability, rank, joined }: Walk): string[] {
  const { distinct, kept, pairs, params } = stability;
  if (distinct === 0) return [];
  return [
    `choices: ${counted(distinct, "combination", "different combinations")}${pairs === 0 ? "" : `, the same as before in ${kept} of ${pairs}`}`,
    ...params.map(({ name, values }) => `chosen ${name}: ${valuesText(values)}`),
    `mean ${rank}: ${rankValue(joined.meanTrain, rank)} in training, ${rankValue(joined.meanTest, rank)} in the tests`,
  ];
}

/** `5 (4 times), 10 (once)`, the most chosen first. */
function valuesText(values: readonly { readonly value: string; readonly count: number }[]): string {
  const sorted = values.toSorted((a, b) => b.count - a.count);
  const named = sorted
    .slice(0, VALUES_SHOWN)
    .map((each) => `${oneLine(each.value)} (${each.count === 1 ? "once" : `${each.count} times`})`);
  const more = sorted.length - VALUES_SHOWN;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function warningsOf({ choices, windows, isComplete, joined, stability }: Walk): string[] {
  const outcomes = choices.flatMap(({ trial }) => trial?.test ?? []);
  const reasons = outcomes.flatMap((each) => (each.kind === "failed" ? [each.reason] : []));
  const without = choices.filter(({ trial }) => trial === undefined).length;
  return [
    ...(isComplete
      ? []
      : [`interrupted: ${count(joined.tests)} of ${count(windows)} windows were tested`]),
    ...failedText(reasons, outcomes.length),
    ...(without === 0
      ? []
      : [
          `in ${without} of ${windows} windows no combination could be ranked: too few days or trades`,
        ]),
    ...(stability.pairs > 1 && stability.kept === 0
      ? ["the choice changed in every window: it follows chance more than the market"]
      : []),
    ...(joined.meanTrain !== null &&
    joined.meanTest !== null &&
    joined.meanTrain > 0 &&
    joined.meanTest <= 0
      ? ["what was best in training gained nothing in the tests"]
      : []),
  ];
}
