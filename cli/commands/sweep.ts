import { readSettings } from "#cli/backtest-flags.ts";
import {
  type HelpArguments,
  paramsOfFile,
  printStrategyHelp,
  subjectOf,
} from "#cli/backtest-subject.ts";
import type { Client } from "#cli/client.ts";
import { connect } from "#cli/connect.ts";
import { type Context, type ExitCode, INTERRUPTED } from "#cli/context.ts";
import { interruptible } from "#cli/interruptible.ts";
import { printAside } from "#cli/output.ts";
import { readParams } from "#cli/params.ts";
import { BestSoFar } from "#cli/sweep/best-so-far.ts";
import { AllFailedError, NothingToSweepError, WalkTooLargeError } from "#cli/sweep/errors.ts";
import { type Axis, choosePoints, type Point, pointAt, readAxis } from "#cli/sweep/grid.ts";
import { type Grid, type Split, type Study, splitJobs, studyOf } from "#cli/sweep/study.ts";
import { choose, testJobs, trainJobs, type Walk, walkOf } from "#cli/sweep/walk.ts";
import { holdOut, walkForward } from "#cli/sweep/windows.ts";
import {
  type Parting,
  readSweepFlags,
  type SweepFlags,
  type SweepOptions,
} from "#cli/sweep-flags.ts";
import { showSweep } from "#cli/sweep-result.ts";
import { type Planned, planSweep, runJobs } from "#cli/sweep-run.ts";
import type { StreamRequest } from "#shared/control-streams.ts";
import { seededRandom } from "#shared/random.ts";
import { SWEEP_JOBS_MAX, type SweepJob, type SweepOutcome } from "#shared/sweep.ts";

export interface SweepArguments extends HelpArguments {
  /** The params as typed. */
  readonly words: readonly string[];
  readonly flags: SweepFlags;
}

export async function sweep(context: Context, args: SweepArguments): Promise<ExitCode> {
  const { what, words, flags } = args;
  if (what === undefined || flags.help === true) return await printStrategyHelp(context, args);
  const strategy = subjectOf(what);
  const options = readSweepFlags(flags);
  const settings = readSettings(flags, Date.now());
  // A lone `--` only says that what follows is no flag of ours.
  const wanted = wantedOf(
    readParams(words.filter((word) => word !== "--")),
    options,
    settings.seed,
  );
  const params = await paramsOfFile(flags.params);
  const client = await connect(context);
  const result = await interruptible(async (signal) => {
    const all = { strategy, params, paramsText: { ...wanted.fixed }, settings };
    return await new Sweeping({ client, wanted, options, all, signal }).run();
  });
  if (result === undefined) {
    await printAside("ended before a run began; nothing was run");
    return INTERRUPTED;
  }
  await showSweep(context, result, flags);
  return result.isComplete ? 0 : INTERRUPTED;
}

/** What was typed: the params that are swept, the others, and the combinations that are to be run. */
interface Wanted {
  readonly axes: readonly Axis[];
  readonly fixed: Point;
  readonly points: readonly number[];
}

/** Throws what is wrong with the ranges. */
function wantedOf(
  typed: Readonly<Record<string, string>>,
  { sample }: SweepOptions,
  seed: number,
): Wanted {
  const all = Object.entries(typed).map(([name, text]) => readAxis(name, text));
  const axes = all.filter(({ values }) => values.length > 1);
  if (axes.length === 0) throw new NothingToSweepError();
  const fixed = Object.fromEntries(
    all.flatMap(({ name, values }) => (values.length > 1 ? [] : [[name, values[0] ?? ""]])),
  );
  const chance = sample === undefined ? undefined : { count: sample, random: seededRandom(seed) };
  return { axes, fixed, points: choosePoints(axes, chance) };
}

interface SweepingParts {
  readonly client: Client;
  readonly wanted: Wanted;
  readonly options: SweepOptions;
  /** What all runs have in common. */
  readonly all: Omit<StreamRequest<"sweepPlan">, "sets">;
  readonly signal: AbortSignal;
}

/** One sweep from its plan to its result. */
class Sweeping {
  readonly #parts: SweepingParts;

  constructor(parts: SweepingParts) {
    this.#parts = parts;
  }

  /** Undefined when a person ended it before anything was run. Throws why there is no result. */
  async run(): Promise<Study | Walk | undefined> {
    const { client, wanted, options, all, signal } = this.#parts;
    const planned = await planSweep(client, { ...all, sets: this.#sets(wanted.points) }, signal);
    if (planned === undefined) return undefined;
    const grid = gridOf(wanted, planned, options);
    const { parting } = options;
    return parting.kind === "hold-out"
      ? await this.#study(grid, splitOf(parting.ratio, planned))
      : await this.#walk(grid, parting);
  }

  async #study(grid: Grid, split: Split): Promise<Study | undefined> {
    const jobs = splitJobs(grid, split);
    const perPoint = split.test === undefined ? 1 : 2;
    const best = new BestSoFar(grid);
    const outcomes = await this.#runAll(grid, jobs, (job, outcome) =>
      // Every other job is a test, which nothing is chosen by.
      job % perPoint === 0 ? best.take(jobs[job]?.set, outcome) : best.text,
    );
    return outcomes.length === 0 ? undefined : studyOf(grid, split, outcomes);
  }

  async #walk(grid: Grid, { trainMs, testMs }: Extract<Parting, { kind: "walk-forward" }>) {
    const windows = walkForward(grid.span, trainMs, testMs);
    if (windows.length * grid.points.length > SWEEP_JOBS_MAX) {
      throw new WalkTooLargeError(windows.length, grid.points.length, SWEEP_JOBS_MAX);
    }
    const jobs = trainJobs(grid, windows);
    const best = new BestSoFar(grid);
    const outcomes = await this.#runAll(grid, jobs, (job, outcome) =>
      best.take(jobs[job]?.set, outcome),
    );
    if (outcomes.length === 0) return undefined;
    const choices = choose(grid, windows, outcomes);
    const tests = testJobs(grid, choices);
    const { signal } = this.#parts;
    const tested =
      signal.aborted || tests.length === 0
        ? []
        : await this.#runAll(grid, tests, () => "testing what was chosen");
    return walkOf(grid, windows, choices, tested);
  }

  /** Throws when not one of them has a result. */
  async #runAll(
    { points }: Grid,
    jobs: readonly SweepJob[],
    note: (job: number, outcome: SweepOutcome) => string,
  ) {
    const { client, options, all, signal } = this.#parts;
    const { parallel } = options;
    const request = { ...all, sets: this.#sets(points), jobs: [...jobs], parallel };
    const outcomes = await runJobs(client, request, { signal, note });
    const failed = outcomes.flatMap((outcome) => (outcome?.kind === "failed" ? [outcome] : []));
    const [first] = failed;
    if (first !== undefined && outcomes.every((outcome) => outcome?.kind !== "done")) {
      throw new AllFailedError(failed.length, first.reason);
    }
    return outcomes;
  }

  #sets(points: readonly number[]) {
    return points.map((index) => ({ ...pointAt(this.#parts.wanted.axes, index) }));
  }
}

function gridOf({ axes, fixed, points }: Wanted, planned: Planned, { rank }: SweepOptions): Grid {
  const refused = new Map(planned.refused.map(({ set, reason }) => [set, reason]));
  const { meta, fromMs, toMs } = planned;
  return {
    meta,
    axes,
    fixed,
    rank,
    span: { fromMs, toMs },
    chosen: points.length,
    points: points.filter((_, set) => !refused.has(set)),
    refused: points.flatMap((index, set) => {
      const reason = refused.get(set);
      return reason === undefined ? [] : [{ index, reason }];
    }),
  };
}

function splitOf(ratio: number, { fromMs, toMs, stepMs }: Planned): Split {
  const span = { fromMs, toMs };
  return ratio === 0 ? { train: span, test: undefined } : holdOut(span, ratio, stepMs);
}
