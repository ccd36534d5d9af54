/** Times of steps come back as they were, whatever lies between them. */
import { expect, test } from "bun:test";
import { StepTimes } from "#runner/backtest/step-times.ts";
import { seededRandom } from "#shared/random.ts";

const MINUTE_MS = 60_000;
const START = Date.UTC(2025, 0, 1);

function timesOf(steps: readonly number[]): StepTimes {
  const times = new StepTimes();
  for (const step of steps) {
    times.meet(step);
    times.count += 1;
  }
  return times;
}

const isDue = (minutes: readonly number[], at: number, every: number): boolean =>
  timesOf(minutes.map((minute) => START + minute * MINUTE_MS)).isDue(
    START + at * MINUTE_MS,
    every * MINUTE_MS,
  );

test("a step is due once two have shown how far they are apart", () => {
  expect([isDue([], 0, 1), isDue([0], 1, 1), isDue([0, 1], 2, 1)]).toEqual([false, false, true]);
  expect([isDue([0, 1], 3, 1), isDue([0, 1], 2, 2)]).toEqual([false, false]);
  // A gap is no distance to go on with unless it comes again.
  expect([isDue([0, 1, 5], 6, 1), isDue([0, 1, 5, 6], 7, 1)]).toEqual([false, true]);
  expect([isDue([0, 5], 6, 1), isDue([0, 5], 10, 5)]).toEqual([false, true]);
});

test("even stretches, gaps and steps between the minutes come back", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const steps: number[] = [];
    for (let atMs = START; steps.length < 200; ) {
      steps.push(atMs);
      const chance = random();
      const gap = chance < 0.1 ? Math.ceil(random() * 1000) : MINUTE_MS;
      atMs += chance > 0.95 ? Math.ceil(random() * 50) * MINUTE_MS : gap;
    }
    for (const length of [0, 1, 2, steps.length]) {
      const some = steps.slice(0, length);
      expect([...timesOf(some).all()], `seed ${seed}`).toEqual(some);
    }
  }
});
