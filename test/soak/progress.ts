/** How far a stage of the soak is: a line now and then for a person who waits. */
import { unreachable } from "#shared/assert.ts";

/** Between two lines, in ms. */
const EVERY_MS = 10_000;

export type Goal =
  /** Ends when so much is done. */
  | { readonly kind: "work"; readonly total: number; readonly unit: string }
  /** Ends when the time is over; how much is done meanwhile is counted. */
  | { readonly kind: "time"; readonly seconds: number; readonly unit: string };

/** Says it on stderr until it is disposed of. `count`: how much there is now, in the goal's unit. */
export function sayProgress(
  what: string,
  goal: Goal,
  count: () => number | Promise<number>,
): Disposable {
  const begun = performance.now();
  const before = Promise.resolve(count());
  const say = async (): Promise<void> => {
    const done = (await count()) - (await before);
    const line = progressLine(goal, done, (performance.now() - begun) / 1000);
    process.stderr.write(`${what}: ${line}\n`);
  };
  const timer = setInterval(() => void say(), EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function progressLine(goal: Goal, done: number, seconds: number): string {
  const rate = done / seconds;
  const perSecond = `${rate.toFixed(2)} a second`;
  switch (goal.kind) {
    case "work": {
      const left = rate > 0 ? `${((goal.total - done) / rate).toFixed(0)} s left` : "not begun yet";
      return `${done} of ${goal.total} ${goal.unit}, ${perSecond}, ${left}`;
    }
    case "time": {
      const left = Math.max(0, goal.seconds - seconds).toFixed(0);
      return `${seconds.toFixed(0)} of ${goal.seconds} s, ${left} s left; ${done} ${goal.unit}, ${perSecond}`;
    }
    default:
      return unreachable(goal, "goal");
  }
}
