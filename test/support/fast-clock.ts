/** A real clock that runs faster: delays of seconds pass in a test's milliseconds. */
import type { Clock } from "#shared/clock.ts";

/** Everything that waits by this clock waits `speed` times shorter; wall time starts at `startMs`. */
export function fastClock(speed: number, startMs: number): Clock {
  const beginMs = performance.now();
  const monotonic = () => (performance.now() - beginMs) * speed;
  return {
    monotonic,
    now: () => startMs + monotonic(),
    after(delayMs, callback) {
      const handle = setTimeout(callback, Math.max(0, delayMs) / speed);
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
