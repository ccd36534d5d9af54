/** Time as an argument: cores take `nowMs`, shells take a `Clock`. */

/** Milliseconds since the Unix epoch. */
export type UnixMs = number;

/** A point on a clock that never jumps, in ms; only differences mean anything. */
export type MonotonicMs = number;

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time: may jump when the machine's clock is set. */
  now(): UnixMs;
  /** Never jumps: for elapsed times, deadlines and rates. */
  monotonic(): MonotonicMs;
  /** Calls back once, `delayMs` from now. */
  after(delayMs: number, callback: () => void): Timer;
}

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const handle = setTimeout(callback, Math.min(Math.max(0, delayMs), TIMEOUT_MS_MAX));
    return { cancel: () => clearTimeout(handle) };
  },
};
