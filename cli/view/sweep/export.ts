/** The result of a sweep for other programs: as JSON, and as CSV with a line for each pair of runs. */
import { pointAt } from "#cli/sweep/grid.ts";
import type { Trial } from "#cli/sweep/ranking.ts";
import { figuresOf, type Grid, type Study } from "#cli/sweep/study.ts";
import type { Walk } from "#cli/sweep/walk.ts";
import type { Span } from "#cli/sweep/windows.ts";
import { type Columns, csv } from "#cli/view/csv.ts";
import { BacktestStats } from "#shared/backtest.ts";
import type { SweepOutcome } from "#shared/sweep.ts";

/** One line: what was chosen or tried, where, and what came of it. */
interface Row {
  readonly train: Span;
  readonly test: Span | undefined;
  readonly trial: Trial | undefined;
}

/** The best first; of a walk forward one line a window. */
const rowsOf = (result: Study | Walk): Row[] =>
  result.kind === "study"
    ? result.trials.map((trial) => ({ ...result.split, trial }))
    : result.choices.map(({ window, trial }) => ({ ...window, trial }));

export function sweepCsv(result: Study | Walk): string {
  const { axes } = result;
  const params: Columns<Row> = Object.fromEntries(
    axes.map(
      ({ name }) =>
        [
          `param_${name}`,
          ({ trial }: Row) =>
            trial === undefined ? null : (pointAt(axes, trial.index)[name] ?? null),
        ] as const,
    ),
  );
  const columns: Columns<Row> = {
    in_from: ({ train }) => iso(train.fromMs),
    in_to: ({ train }) => iso(train.toMs),
    out_from: ({ test }) => (test === undefined ? null : iso(test.fromMs)),
    out_to: ({ test }) => (test === undefined ? null : iso(test.toMs)),
    ...params,
    ...statColumns("in", ({ trial }) => trial?.train),
    ...statColumns("out", ({ trial }) => trial?.test),
  };
  return csv(columns, rowsOf(result));
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

function statColumns(
  prefix: string,
  outcomeOf: (row: Row) => SweepOutcome | undefined,
): Columns<Row> {
  const stats: Columns<Row> = Object.fromEntries(
    BacktestStats.keyof().options.map(
      (key) =>
        [`${prefix}_${key}`, (row: Row) => figuresOf(outcomeOf(row))?.stats[key] ?? null] as const,
    ),
  );
  return {
    ...stats,
    [`${prefix}_failed`]: (row) => {
      const outcome = outcomeOf(row);
      return outcome?.kind === "failed" ? outcome.reason : null;
    },
  };
}

/** What `--json` prints. */
export function sweepJson(result: Study | Walk): object {
  const { axes, meta, rank, span, fixed, chosen, points, refused, isComplete } = result;
  const head = {
    strategy: meta,
    rank,
    range: span,
    params: fixed,
    axes,
    combinations: { chosen, taken: points.length },
    refused: refused.map(({ index, reason }) => ({ params: pointAt(axes, index), reason })),
    isComplete,
  };
  if (result.kind === "study") {
    const { split, trials, best, deflatedSharpe, plateauRatio } = result;
    return {
      ...head,
      inSample: split.train,
      outOfSample: split.test ?? null,
      best: best === undefined ? null : trialJson(result, best),
      deflatedSharpe,
      plateauRatio: plateauRatio ?? null,
      trials: trials.map((trial) => trialJson(result, trial)),
    };
  }
  const { choices, joined, stability, windows } = result;
  return {
    ...head,
    windows: choices.map(({ window, trial }) => ({
      ...window,
      choice: trial === undefined ? null : trialJson(result, trial),
    })),
    windowsInAll: windows,
    joined,
    stability,
  };
}

const trialJson = ({ axes }: Pick<Grid, "axes">, { index, train, test }: Trial) => ({
  params: pointAt(axes, index),
  inSample: train,
  outOfSample: test ?? null,
});
