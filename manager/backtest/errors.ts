/** Why a backtest gave no report. */
import { unreachable } from "#shared/assert.ts";
import type { AuthorError } from "#shared/author-error.ts";
import { KumbhError } from "#shared/errors.ts";
import { type ChildExit, describeExit } from "#shared/exit.ts";
import { formatTime } from "#shared/format.ts";

/** How far a run had come: candles, and the simulated time of the last of them. */
export interface Reached {
  readonly done: number;
  readonly total: number;
  readonly timeMs: number;
}

const reachedText = ({ done, total, timeMs }: Reached): string =>
  `, after ${done} of ${total} candles, at ${formatTime(timeMs)}`;

/** The author's code threw. */
export class BacktestThrewError extends KumbhError {
  constructor(what: string, { where, message, frame, file, line }: AuthorError) {
    const place = file === null || line === null ? "" : ` (${file}:${line})`;
    super(
      "backtest_threw",
      `${what}: ${where}: ${message}${place}`,
      "mend the strategy; nothing was kept",
      frame === null ? {} : { frame },
    );
  }
}

export interface Death {
  readonly exit: ChildExit;
  readonly reached: Reached | undefined;
  /** The last that it printed. */
  readonly output: string;
}

/** Its process ended without a result, or was ended. */
export class BacktestDiedError extends KumbhError {
  constructor(what: string, { exit, reached, output }: Death) {
    const where = reached === undefined ? "" : reachedText(reached);
    super(
      "backtest_died",
      `the backtest of ${what} was not finished: it ${endText(exit)}${where}`,
      remedyOf(exit),
      output === "" ? {} : { frame: output },
    );
  }
}

/** `exited with code 1`, `was killed: silent for 30s`. */
function endText(exit: ChildExit): string {
  const text = describeExit(exit);
  return text.startsWith("killed:") ? `was ${text}` : text;
}

function remedyOf({ cause }: ChildExit): string {
  switch (cause.kind) {
    case "own":
      return "look at what the strategy's code does to its process; nothing was kept";
    case "silent":
    case "stuck":
      return "look for a loop that never ends, or a promise that nothing settles, in the strategy's hooks; nothing was kept";
    case "never-ready":
      return "look at what the file does while it is loaded, in its constructor and in `feeds()`; nothing was kept";
    case "memory":
      return "keep less in the strategy, or test a shorter range with `--from`; nothing was kept";
    case "protocol":
    case "endless-message":
    case "flood":
      return "the strategy's code must leave the process's output and messages alone; nothing was kept";
    case "not-spawned":
      return "free memory or processes on this machine, then try again";
    case "asked":
    case "behind":
    case "orphan":
      return "try again; nothing was kept";
    default:
      return unreachable(cause, "exit cause");
  }
}

/** Nobody wants it any more. */
export class BacktestCancelledError extends KumbhError {
  constructor(what: string, by: "client" | "manager") {
    super(
      "backtest_cancelled",
      by === "manager"
        ? `the backtest of ${what} was ended: the manager stops`
        : `the backtest of ${what} was ended`,
      "run it again; nothing was kept",
    );
  }
}

export class BadResultError extends KumbhError {
  constructor(what: string, problem: string, cause?: unknown) {
    super(
      "backtest_bad_result",
      `the backtest of ${what} left no result that can be used: ${problem}`,
      "the strategy's code must not write into the folder it runs in; nothing was kept",
      { cause },
    );
  }
}

export class TooManyBacktestsError extends KumbhError {
  constructor(waiting: number) {
    super(
      "too_many_backtests",
      `${waiting} backtests wait for their turn already`,
      "try again when some of them are done",
    );
  }
}

export class TooManySweepsError extends KumbhError {
  constructor(running: number) {
    super(
      "too_many_sweeps",
      `${running} sweeps are running already`,
      "try again when one of them is done",
    );
  }
}

export class UnknownBacktestError extends KumbhError {
  constructor(id: number) {
    super(
      "unknown_backtest",
      `no backtest ${id} is kept`,
      "list those that are with `kumbh backtest ls`",
    );
  }
}
