import { expect, test } from "bun:test";
import { Wakes } from "#manager/supervisor/wakes.ts";
import { type Clock, systemClock, type Timer } from "#shared/clock.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

/** A clock whose timers are early by a part of a ms, as those of a machine may be. */
class EarlyClock extends FakeClock {
  override after(delayMs: number, callback: () => void): Timer {
    return super.after(delayMs > 1 ? delayMs - 0.4 : delayMs, callback);
  }
}

test("a moment is never missed by a timer that is early", () => {
  const clock: Clock & FakeClock = new EarlyClock();
  const woken: number[] = [];
  new Wakes(clock).at(100, () => woken.push(clock.monotonic()));
  clock.advance(200);
  expect(woken).toEqual([100]);
});

test("what is cancelled does not wake", () => {
  const clock = new FakeClock();
  const wakes = new Wakes(clock);
  let woken = 0;
  wakes.at(10, () => woken++);
  wakes.at(20, () => woken++);
  clock.advance(15);
  wakes.cancel();
  clock.advance(100);
  expect(woken).toBe(1);
});

test("on the machine's own clock, never too early", async () => {
  const moments = Array.from({ length: 20 }, (_, index) => systemClock.monotonic() + index * 1.3);
  const wakes = new Wakes(systemClock);
  const early = await Promise.all(
    moments.map(
      async (atMs) =>
        await new Promise<number>((resolve) =>
          wakes.at(atMs, () => resolve(Math.min(0, systemClock.monotonic() - atMs))),
        ),
    ),
  );
  expect(early.filter((ms) => ms < 0)).toEqual([]);
});
