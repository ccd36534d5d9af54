/** The result of a sweep: every combination in and out of the sample, and how far the best can be believed. */
import { gridSize, placesOf, pointAt } from "#cli/sweep/grid.ts";
import { isIsland } from "#cli/sweep/overfit.ts";
import { type Rank, scoreOf, type Trial } from "#cli/sweep/ranking.ts";
import { figuresOf, pointText, type Study } from "#cli/sweep/study.ts";
import { NOT_AVAILABLE } from "#cli/view/backtest/values.ts";
import { type GridColumn, renderGrid } from "#cli/view/grid.ts";
import { count, ratio, signedRatio } from "#cli/view/numbers.ts";
import type { Screen } from "#cli/view/screen.ts";
import {
  combinationsText,
  failedText,
  renderFacts,
  spanText,
  warningLine,
} from "#cli/view/sweep/facts.ts";
import { renderHeatMap } from "#cli/view/sweep/heat-map.ts";
import { rankText, rankValue } from "#cli/view/sweep/rank-text.ts";
import { oneLine, wrap } from "#cli/view/text.ts";
import type { BacktestStats } from "#shared/backtest.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

/** Combinations that the table shows. */
const ROWS_SHOWN = 20;
/** Below this the best of so many trials may well be luck. */
const DEFLATED_MIN = 0.95;

export function renderStudy(study: Study, screen: Screen): string {
  const { trials } = study;
  const blocks = [
    renderFacts(study, factsOf(study), screen),
    [
      ...renderGrid(columnsOf(study, trials.slice(0, ROWS_SHOWN)), {
        width: screen.width,
        paint: screen.paint,
        paintRow: (line, row) => (row === 0 ? screen.paint.bold(line) : line),
      }),
      ...moreText(trials.length),
    ],
    mapOf(study, screen),
    beliefLines(study, screen),
    warningsOf(study).map((text) => warningLine(text, screen)),
  ];
  const lines = blocks.filter((block) => block.length > 0).map((block) => block.join("\n"));
  return lines.join("\n\n");
}

function factsOf(study: Study): (readonly [string, string])[] {
  const { train, test } = study.split;
  return [
    ["in-sample", spanText(train)],
    ["out-of-sample", test === undefined ? "nothing is held out" : spanText(test)],
    ["combinations", combinationsText(study, gridSize(study.axes))],
  ];
}

const moreText = (trials: number): string[] =>
  trials <= ROWS_SHOWN
    ? []
    : [`and ${count(trials - ROWS_SHOWN)} more: \`--csv FILE\` writes all of them`];

function columnsOf({ axes, rank, split }: Study, trials: readonly Trial[]): GridColumn[] {
  const params = axes.map(
    ({ name }): GridColumn => ({
      title: name,
      align: "right",
      rank: 0,
      cells: trials.map(({ index }) => oneLine(pointAt(axes, index)[name] ?? "")),
    }),
  );
  const place: GridColumn = {
    title: "#",
    align: "right",
    rank: 0,
    cells: trials.map((_, row) => String(row + 1)),
  };
  const pairs = figuresShown(rank).flatMap(({ title, rank: order, text }) => [
    column(`${title} in`, order, trials, ({ train }) => text(train)),
    ...(split.test === undefined
      ? []
      : [column(`${title} out`, order, trials, ({ test }) => text(test))]),
  ]);
  return [place, ...params, ...pairs];
}

const column = (
  title: string,
  rank: number,
  trials: readonly Trial[],
  cell: (trial: Trial) => string,
): GridColumn => ({ title, align: "right", rank, cells: trials.map(cell) });

interface Shown {
  readonly title: string;
  /** Of its column: the highest go first when the screen is narrow. */
  readonly rank: number;
  readonly text: (outcome: SweepOutcome | undefined) => string;
}

/** What is ranked by first; no figure twice. */
function figuresShown(rank: Rank): Shown[] {
  const others: Shown[] = [
    { title: "return", rank: 1, text: statText(({ returnRatio }) => signedRatio(returnRatio)) },
    { title: "drawdown", rank: 2, text: statText((stats) => ratio(stats.maxDrawdownRatio)) },
    { title: "sharpe", rank: 3, text: (outcome) => rankText(outcome, "sharpe") },
    { title: "trades", rank: 4, text: statText(({ trades }) => count(trades)) },
  ];
  const first = {
    title: rank,
    rank: 0,
    text: (outcome: SweepOutcome | undefined) => rankText(outcome, rank),
  };
  return [first, ...others.filter(({ title }) => title !== rank)];
}

/** A run that failed has nothing to say. */
const statText =
  (say: (stats: BacktestStats) => string) =>
  (outcome: SweepOutcome | undefined): string => {
    const figures = figuresOf(outcome);
    return figures === undefined ? NOT_AVAILABLE : say(figures.stats);
  };

/** For two params: where the good ones lie. A sample is too thin for a map, and too large a grid too long. */
function mapOf({ axes, rank, trials, chosen }: Study, { width, paint }: Screen): string[] {
  const [rows, columns, ...more] = axes;
  if (rows === undefined || columns === undefined || more.length > 0) return [];
  if (chosen < gridSize(axes) || rows.values.length > MAP_ROWS_MAX) return [];
  const columnsMax = Math.min(MAP_COLUMNS_MAX, (width - MAP_LABEL) / MAP_CELL_MIN);
  if (columns.values.length > columnsMax) return [];
  const scores = new Map(
    trials.map(({ index, train }) => [placesOf(axes, index).join(" "), scoreOf(train, rank)]),
  );
  const signOf = scoreSign(rank);
  const lines = renderHeatMap(
    {
      rows,
      columns,
      score: (row, at) => scores.get(`${row} ${at}`),
      text: (score) => rankValue(score * signOf, rank),
    },
    width,
    paint,
  );
  return lines.length === 0 ? [] : [paint.bold(`${rank} in-sample`), ...lines];
}

/** Rows and columns of the largest map. */
const MAP_ROWS_MAX = 40;
const MAP_COLUMNS_MAX = 60;
/** Columns of the screen that a cell takes at least, and the labels beside them. */
const MAP_CELL_MIN = 2;
const MAP_LABEL = 12;

/** Of a figure that is the better the smaller it is, the score is its negative. */
const scoreSign = (rank: Rank): 1 | -1 => (rank === "drawdown" || rank === "ulcer" ? -1 : 1);

/** How much of the best is luck, as far as numbers tell. */
function beliefLines(
  { deflatedSharpe, plateauRatio, trials, best }: Study,
  { width }: Screen,
): string[] {
  if (best === undefined) return [];
  const lines = [
    deflatedSharpe === null
      ? "deflated Sharpe: n/a, too few days or trials to tell"
      : `deflated Sharpe: ${ratio(deflatedSharpe)} likely that the best is more than the luck of ${count(trials.length)} trials`,
    plateauRatio === undefined
      ? "neighbours of the best: n/a, none was run beside a best that gains"
      : `neighbours of the best: on average ${ratio(plateauRatio)} of its score`,
  ];
  return lines.map((line) => wrap(line, width, MARGIN));
}

const MARGIN = 2;

function warningsOf(study: Study): string[] {
  const { best, trials, rank, split, points, isComplete, deflatedSharpe, plateauRatio } = study;
  const outcomes = trials.flatMap(({ train, test }) =>
    test === undefined ? [train] : [train, test],
  );
  const reasons = outcomes.flatMap((each) => (each.kind === "failed" ? [each.reason] : []));
  return [
    ...(isComplete
      ? []
      : [`interrupted: ${count(trials.length)} of ${count(points.length)} combinations were run`]),
    ...failedText(reasons, outcomes.length),
    ...(hasTraded(trials) ? [] : ["nothing was traded in any run"]),
    ...(best === undefined
      ? [`no run has a ${rank}: too few days or trades, see \`kumbh backtest\` of one of them`]
      : []),
    ...(isIsland(plateauRatio)
      ? ["the best is an island: the combinations beside it do far worse, which speaks for luck"]
      : []),
    ...(deflatedSharpe !== null && deflatedSharpe < DEFLATED_MIN
      ? [`the best may be luck: of ${count(trials.length)} trials some look good by chance`]
      : []),
    ...(split.test === undefined
      ? ["nothing was held out: what was chosen has seen all of the data"]
      : []),
    ...fadedText(study, best),
  ];
}

/** The best gains in the sample and loses out of it. */
function fadedText(study: Study, best: Trial | undefined): string[] {
  const [train, test] = [figuresOf(best?.train), figuresOf(best?.test)];
  if (best === undefined || train === undefined || test === undefined) return [];
  const [before, after] = [train.stats.returnRatio, test.stats.returnRatio];
  if (!(before > 0 && after <= 0)) return [];
  const what = pointText(study, best.index);
  return [
    `out-of-sample the best (${what}) makes ${signedRatio(after)}, after ${signedRatio(before)} in it`,
  ];
}

const hasTraded = (trials: readonly Trial[]): boolean =>
  trials.some(({ train }) => (figuresOf(train)?.stats.exposureRatio ?? 0) > 0);
