/**
 * A walk forward: on each window the best combination is chosen, and judged on the test that follows it.
 * The tests joined are what somebody would have got who had chosen anew each time. Pure.
 */
import { type Axis, placesOf } from "#cli/sweep/grid.ts";
import { figureOf, ranked, scoreOf, type Trial } from "#cli/sweep/ranking.ts";
import { figuresOf, type Grid, type Outcomes } from "#cli/sweep/study.ts";
import type { Window } from "#cli/sweep/windows.ts";
import type { SweepFigures, SweepJob } from "#shared/sweep.ts";

/** Days a year at a market that never closes. */
const DAYS_A_YEAR = 365;

/** A window, and what was chosen on it; undefined: no combination had a score. */
export interface Choice {
  readonly window: Window;
  readonly trial: Trial | undefined;
}

export interface Walk extends Grid {
  readonly kind: "walk";
  /** Those whose training was run to its end. */
  readonly choices: readonly Choice[];
  /** Windows in all. */
  readonly windows: number;
  readonly isComplete: boolean;
  readonly joined: Joined;
  readonly stability: Stability;
}

/** The tests one after another, each begun with the capital anew and its returns put together. */
export interface Joined {
  /** Tests that were run. */
  readonly tests: number;
  readonly returnRatio: number;
  readonly buyHoldRatio: number | null;
  /** Annualised, of all daily returns of the tests; null where there are too few. */
  readonly sharpe: number | null;
  /** The largest within one test. */
  readonly maxDrawdownRatio: number;
  readonly trades: number;
  /** Tests that gained. */
  readonly gained: number;
  /** Means of the ranked figure, in training and in the tests, of windows that have both. */
  readonly meanTrain: number | null;
  readonly meanTest: number | null;
}

export interface Stability {
  /** Different combinations that were chosen. */
  readonly distinct: number;
  /** Windows that chose what the one before had chosen, of so many that have one before. */
  readonly kept: number;
  readonly pairs: number;
  /** How often each value of a param was chosen, in the order of its axis. */
  readonly params: readonly {
    readonly name: string;
    readonly values: readonly { readonly value: string; readonly count: number }[];
  }[];
}

/** Window by window, so that what is interrupted has whole windows. */
export const trainJobs = (
  { points }: Pick<Grid, "points">,
  windows: readonly Window[],
): SweepJob[] => windows.flatMap(({ train }) => points.map((_, set) => ({ set, ...train })));

/** The best of each window, as far as the jobs of `trainJobs` were run. */
export function choose(grid: Grid, windows: readonly Window[], outcomes: Outcomes): Choice[] {
  const { points, rank } = grid;
  return windows.flatMap((window, place): Choice[] => {
    const trials = points.flatMap((index, set): Trial[] => {
      const train = outcomes[place * points.length + set];
      return train === undefined ? [] : [{ index, train, test: undefined }];
    });
    if (trials.length < points.length) return [];
    const [best] = ranked(trials, rank);
    const hasScore = scoreOf(best?.train, rank) !== undefined;
    return [{ window, trial: hasScore ? best : undefined }];
  });
}

/** One job for each choice; a choice without a combination has none. */
export const testJobs = (
  { points }: Pick<Grid, "points">,
  choices: readonly Choice[],
): SweepJob[] =>
  choices.flatMap(({ window, trial }) =>
    trial === undefined ? [] : [{ set: points.indexOf(trial.index), ...window.test }],
  );

/** With what came of the jobs of `testJobs`. */
export function walkOf(
  grid: Grid,
  windows: readonly Window[],
  choices: readonly Choice[],
  outcomes: Outcomes,
): Walk {
  let job = 0;
  const tested = choices.map(({ window, trial }): Choice => {
    if (trial === undefined) return { window, trial };
    return { window, trial: { ...trial, test: outcomes[job++] } };
  });
  return {
    ...grid,
    kind: "walk",
    choices: tested,
    windows: windows.length,
    isComplete:
      tested.length === windows.length &&
      tested.every(({ trial }) => trial === undefined || trial.test !== undefined),
    joined: join(grid, tested),
    stability: stabilityOf(grid.axes, tested),
  };
}

function join({ rank }: Grid, choices: readonly Choice[]): Joined {
  const tests = choices.flatMap(({ trial }) => figuresOf(trial?.test) ?? []);
  const scored = choices.flatMap(({ trial }) => {
    const [train, test] = [trial?.train, trial?.test].map((outcome) => {
      const figures = figuresOf(outcome);
      return figures === undefined ? undefined : figureOf(figures, rank);
    });
    return train === undefined || test === undefined ? [] : [{ train, test }];
  });
  const holds = tests.flatMap(({ stats }) => stats.buyHoldRatio ?? []);
  return {
    tests: tests.length,
    returnRatio: compounded(tests.map(({ stats }) => stats.returnRatio)),
    buyHoldRatio: holds.length < tests.length || holds.length === 0 ? null : compounded(holds),
    sharpe: joinedSharpe(tests),
    maxDrawdownRatio: Math.max(0, ...tests.map(({ stats }) => stats.maxDrawdownRatio)),
    trades: tests.reduce((sum, { stats }) => sum + stats.trades, 0),
    gained: tests.filter(({ stats }) => stats.returnRatio > 0).length,
    meanTrain: meanOf(scored.map(({ train }) => train)),
    meanTest: meanOf(scored.map(({ test }) => test)),
  };
}

const compounded = (ratios: readonly number[]): number =>
  ratios.reduce((worth, ratio) => worth * (1 + ratio), 1) - 1;

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fewest daily returns of which a ratio is told, as in a backtest's report. */
const DAYS_MIN = 30;

/** Of the daily returns of all tests as one sample: its mean and spread are made up of those of the parts. */
function joinedSharpe(tests: readonly SweepFigures[]): number | null {
  const days = tests.reduce((sum, test) => sum + test.days, 0);
  if (days < DAYS_MIN) return null;
  const mean = tests.reduce((sum, test) => sum + test.days * test.dailyMean, 0) / days;
  const squares = tests.reduce(
    (sum, test) =>
      sum + (test.days - 1) * test.dailyDeviation ** 2 + test.days * (test.dailyMean - mean) ** 2,
    0,
  );
  const deviation = Math.sqrt(squares / (days - 1));
  return deviation > 0 ? (mean / deviation) * Math.sqrt(DAYS_A_YEAR) : null;
}

function stabilityOf(axes: readonly Axis[], choices: readonly Choice[]): Stability {
  const chosen = choices.flatMap(({ trial }) => (trial === undefined ? [] : [trial.index]));
  const places = chosen.map((index) => placesOf(axes, index));
  const pairs = chosen.slice(1).map((index, place) => index === chosen[place]);
  return {
    distinct: new Set(chosen).size,
    kept: pairs.filter(Boolean).length,
    pairs: pairs.length,
    params: axes.map(({ name, values }, axis) => ({
      name,
      values: values.flatMap((value, place) => {
        const count = places.filter((own) => own[axis] === place).length;
        return count === 0 ? [] : [{ value, count }];
      }),
    })),
  };
}
