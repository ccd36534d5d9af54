/** Every timer that an author may set is the run's. */
import { nodeModule, replace } from "#runner/backtest/replace.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";

type Callback = (...args: unknown[]) => unknown;

export function replaceTimers(timers: SimulatedTimers): void {
  const set =
    (repeats: boolean) =>
    (callback: Callback, delayMs = 0, ...args: unknown[]): SimulatedTimer =>
      new SimulatedTimer(timers.set(delayMs, () => void callback(...args), repeats));
  const clear = (timer: unknown): void => {
    if (timer instanceof SimulatedTimer) timers.clear(timer.id);
    else if (typeof timer === "number") timers.clear(timer);
  };
  const soon = (callback: Callback, ...args: unknown[]): SimulatedTimer =>
    set(false)(callback, 0, ...args);
  for (const target of [globalThis, nodeModule("node:timers")]) {
    replace(target, "setTimeout", set(false));
    replace(target, "setInterval", set(true));
    replace(target, "setImmediate", soon);
    for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) {
      replace(target, name, clear);
    }
  }
  replacePromises(timers);
  replace(AbortSignal, "timeout", (delayMs: number): AbortSignal => {
    const controller = new AbortController();
    const late = new DOMException("The operation timed out.", "TimeoutError");
    timers.set(delayMs, () => controller.abort(late));
    return controller.signal;
  });
}

function replacePromises(timers: SimulatedTimers): void {
  const wait = async <T>(delayMs = 0, value?: T): Promise<T | undefined> =>
    await new Promise((resolve) => timers.set(delayMs, () => resolve(value)));
  const sleep = async (delay: number | Date): Promise<void> => {
    await wait(typeof delay === "number" ? delay : delay.getTime() - Date.now());
  };
  async function* every<T>(delayMs = 0, value?: T): AsyncGenerator<T | undefined> {
    for (;;) yield await wait(delayMs, value);
  }
  replace(Bun, "sleep", sleep);
  // Time stands still within a hook, and so nothing is waited for.
  replace(Bun, "sleepSync", () => undefined);
  const promises = nodeModule("node:timers/promises");
  replace(promises, "setTimeout", wait);
  replace(promises, "setImmediate", async <T>(value?: T) => await wait(0, value));
  replace(promises, "setInterval", every);
  replace(promises, "scheduler", { wait, yield: async () => await wait() });
}

/** What `setTimeout` returns; it keeps no process alive. */
class SimulatedTimer {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  ref = (): this => this;
  unref = (): this => this;
  hasRef = (): boolean => false;
  [Symbol.toPrimitive] = (): number => this.id;
}
