/** Where a sweep looks and where it is tested: a part held out, or windows that walk forward. */
import { WindowsError } from "#cli/sweep/errors.ts";
import type { UnixMs } from "#shared/clock.ts";

/** Most windows of one walk. */
const WINDOWS_MAX = 500;

export interface Span {
  readonly fromMs: UnixMs;
  /** First ms after it. */
  readonly toMs: UnixMs;
}

/** What is chosen on `train` is judged on `test`, which follows it and which the choice has not seen. */
export interface Window {
  readonly train: Span;
  readonly test: Span;
}

/** The last `ratio` of the range is held out; `stepMs` is the length of a candle, whose edges are kept. */
export function holdOut({ fromMs, toMs }: Span, ratio: number, stepMs: number): Window {
  const cut = toMs - Math.round(((toMs - fromMs) * ratio) / stepMs) * stepMs;
  return { train: { fromMs, toMs: cut }, test: { fromMs: cut, toMs } };
}

/**
 * Windows of `trainMs` and then `testMs`, each a `testMs` later than the one before, so that the tests
 * touch and cover the range once; the last test may be shorter. Throws `WindowsError`.
 */
export function walkForward({ fromMs, toMs }: Span, trainMs: number, testMs: number): Window[] {
  if (toMs - fromMs <= trainMs) {
    throw new WindowsError("the range of the data is no longer than one training window");
  }
  const count = Math.ceil((toMs - fromMs - trainMs) / testMs);
  if (count > WINDOWS_MAX) {
    throw new WindowsError(`${count} windows are more than ${WINDOWS_MAX}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const start = fromMs + index * testMs;
    const middle = start + trainMs;
    return {
      train: { fromMs: start, toMs: middle },
      test: { fromMs: middle, toMs: Math.min(middle + testMs, toMs) },
    };
  });
}
