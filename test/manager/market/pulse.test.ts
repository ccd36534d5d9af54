import { expect, test } from "bun:test";
import { Pulse } from "#manager/market/pulse.ts";
import type { Timer } from "#shared/clock.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

/** Calls back late what fell due while it stood still, as an event loop does. */
class StallingClock extends FakeClock {
  #late: (() => void)[] | undefined;

  override after(delayMs: number, callback: () => void): Timer {
    return super.after(delayMs, () => {
      if (this.#late === undefined) callback();
      else this.#late.push(callback);
    });
  }

  stall(ms: number): void {
    const late: (() => void)[] = [];
    this.#late = late;
    this.advance(ms);
    this.#late = undefined;
    for (const callback of late) callback();
  }
}

test("what is read came at most two beats ago", () => {
  const clock = new FakeClock();
  const pulse = new Pulse(clock);
  for (let step = 0; step < 50; step++) {
    clock.advance(170);
    const agoMs = clock.monotonic() - pulse.drainedMs;
    expect(agoMs).toBeLessThanOrEqual(2000);
    if (clock.monotonic() > 2000) expect(agoMs).toBeGreaterThanOrEqual(1000);
  }
  pulse.stop();
});

test("after the process stood still, what is read may be as old as that", () => {
  const clock = new StallingClock();
  const pulse = new Pulse(clock);
  clock.advance(5500);
  clock.stall(60_000);
  // The beat that was due has come, and nothing has been read yet.
  expect(pulse.drainedMs).toBeLessThanOrEqual(5500);
  clock.advance(1000);
  expect(pulse.drainedMs).toBe(65_500);
  pulse.stop();
  clock.advance(10_000);
  expect(pulse.drainedMs).toBe(65_500);
});
