/** What is wrong with a sweep that was asked for. */
import { KumbhError } from "#shared/errors.ts";
import { didYouMean } from "#shared/near.ts";

class SweepMisuseError extends KumbhError {
  constructor(message: string, remedy: string) {
    super("misuse", message, remedy, { exitCode: 2 });
  }
}

export class AxisRangeError extends SweepMisuseError {
  constructor(name: string, text: string) {
    super(
      `--${name} ${text} is no range: it must rise, by a step above 0`,
      `write --${name} FROM..TO:STEP, e.g. --${name} 5..20:5`,
    );
  }
}

export class AxisEmptyError extends SweepMisuseError {
  constructor(name: string, text: string) {
    super(
      `--${name} ${text} has an empty value`,
      `write --${name} A,B,C or --${name} FROM..TO:STEP`,
    );
  }
}

export class AxisTooLongError extends SweepMisuseError {
  constructor(name: string, count: number) {
    super(`--${name} has ${count} values, which is more than 1000`, "take a larger step");
  }
}

export class SweepTooLargeError extends SweepMisuseError {
  constructor(size: number, max: number) {
    super(
      `these ranges make ${size} combinations, and one sweep runs ${max} at most`,
      "take larger steps, or a sample of them with `--sample COUNT`",
    );
  }
}

export class NothingToSweepError extends SweepMisuseError {
  constructor() {
    super(
      "no param has more than one value, so there is nothing to sweep",
      "give at least one a range, e.g. `--fast 5..20:5`; for one run type `kumbh backtest`",
    );
  }
}

export class WindowsError extends SweepMisuseError {
  constructor(problem: string) {
    super(
      `--walk-forward: ${problem}`,
      "write TRAIN:TEST, e.g. --walk-forward 90d:30d, within the range of the data",
    );
  }
}

export class WalkTooLargeError extends SweepMisuseError {
  constructor(windows: number, combinations: number, max: number) {
    super(
      `${windows} windows of ${combinations} combinations are ${windows * combinations} runs, and one sweep runs ${max} at most`,
      "take longer tests, larger steps, or a sample with `--sample COUNT`",
    );
  }
}

/** Every run failed. */
export class AllFailedError extends KumbhError {
  constructor(count: number, reason: string) {
    super(
      "sweep_failed",
      `none of the ${count} runs has a result: ${reason}`,
      "try one of them alone with `kumbh backtest`, which says more",
    );
  }
}

export class UnknownRankError extends SweepMisuseError {
  constructor(text: string, known: readonly string[]) {
    super(
      `a sweep cannot be ranked by "${text}"${didYouMean(text, known)}`,
      `write --rank with one of ${known.join(", ")}`,
    );
  }
}
