/** The flags of `kumbh sweep` that a backtest does not have. */
import type { SettingsFlags } from "#cli/backtest-flags.ts";
import { FlagsExcludeError, OwnFlagValueError } from "#cli/misuse.ts";
import { SWEEP_POINTS_MAX } from "#cli/sweep/grid.ts";
import { RANK_DEFAULT, type Rank, readRank } from "#cli/sweep/ranking.ts";
import { SWEEP_PARALLEL_MAX } from "#shared/sweep.ts";
import { Duration } from "#shared/units.ts";

/** As commander reads them: text, or not there. */
export interface SweepFlags extends SettingsFlags {
  readonly rank?: string;
  readonly jobs?: string;
  readonly sample?: string;
  readonly holdout?: string;
  readonly walkForward?: string;
  readonly params?: string;
  readonly json?: boolean;
  readonly csv?: string;
  readonly help?: boolean;
}

/** How the range is parted into what is looked at and what is held out. */
export type Parting =
  | { readonly kind: "hold-out"; readonly ratio: number }
  | { readonly kind: "walk-forward"; readonly trainMs: number; readonly testMs: number };

export interface SweepOptions {
  readonly rank: Rank;
  /** Null: one run a core. */
  readonly parallel: number | null;
  /** Undefined: all combinations. */
  readonly sample: number | undefined;
  readonly parting: Parting;
}

/** Share of the range that is held out when nothing is said. */
export const HOLDOUT_RATIO_DEFAULT = 0.3;
const HOLDOUT_PERCENT_MAX = 90;

/** Throws `OwnFlagValueError`, `UnknownRankError`, `FlagsExcludeError`. */
export function readSweepFlags(flags: SweepFlags): SweepOptions {
  const { rank, jobs, sample } = flags;
  return {
    rank: rank === undefined ? RANK_DEFAULT : readRank(rank),
    parallel: jobs === undefined ? null : whole("--jobs", jobs, SWEEP_PARALLEL_MAX, "4"),
    sample: sample === undefined ? undefined : whole("--sample", sample, SWEEP_POINTS_MAX, "200"),
    parting: partingOf(flags),
  };
}

function partingOf({ holdout, walkForward }: SweepFlags): Parting {
  if (walkForward === undefined) {
    return {
      kind: "hold-out",
      ratio: holdout === undefined ? HOLDOUT_RATIO_DEFAULT : share(holdout),
    };
  }
  if (holdout !== undefined) throw new FlagsExcludeError("--walk-forward", "--holdout");
  const [train, test, ...more] = walkForward.split(":").map((text) => Duration.safeParse(text));
  const [trainMs = 0, testMs = 0] = [train?.data, test?.data];
  if (more.length > 0 || trainMs <= 0 || testMs <= 0) {
    const must = "must be two durations, of the training and of the test";
    throw new OwnFlagValueError("--walk-forward", walkForward, must, "90d:30d");
  }
  return { kind: "walk-forward", trainMs, testMs };
}

/** `30%`; 0 % holds nothing out. */
function share(text: string): number {
  const percent = Number(text.slice(0, -1));
  if (/^\d{1,2}(\.\d+)?%$/.test(text) && percent <= HOLDOUT_PERCENT_MAX) return percent / 100;
  const must = `must be a share from 0% to ${HOLDOUT_PERCENT_MAX}%`;
  throw new OwnFlagValueError("--holdout", text, must, "30%");
}

function whole(flag: string, text: string, max: number, example: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= max) return value;
  throw new OwnFlagValueError(flag, text, `must be a whole number from 1 to ${max}`, example);
}
