/** Calls the author's hooks, one at a time, and says in which one it was when his code threw. */
import { HookError } from "#runner/backtest/errors.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";
import type { Guard, Hook } from "#runner/guard.ts";
import type { Strategy } from "#runner/strategy.ts";
import type { Candle } from "#shared/candle.ts";

// Kept from before the author's code could replace it, and before timers are simulated.
const soon = setImmediate;

/** What a hook was told of last: its candle is made again where it is needed, and nowhere else. */
export interface Told {
  readonly latest: Candle | undefined;
}

export class Hooks {
  readonly #guard: Guard;
  readonly #timers: SimulatedTimers;
  /** Rises with each hook that waits. */
  #waits = 0;
  #isWaiting = false;
  /** The hook that waits, and what it was given. */
  #hook: Hook = "onCandle";
  #told: Told | undefined;

  constructor(guard: Guard, timers: SimulatedTimers) {
    this.#guard = guard;
    this.#timers = timers;
    timers.onSet = () => this.#wakeSoon();
  }

  build<T>(hook: "constructor" | "feeds", body: () => T): T {
    this.#guard.hook = hook;
    try {
      return body();
    } catch (error) {
      throw new HookError(hook, undefined, error);
    } finally {
      this.#guard.hook = null;
    }
  }

  call(hook: Hook, candle: Candle | undefined, body: () => unknown): Promise<void> | undefined {
    this.#guard.hook = hook;
    let result: unknown;
    try {
      result = body();
    } catch (error) {
      throw new HookError(hook, candle, error);
    }
    if (result instanceof Promise) return this.wait(result, hook, candle);
    this.#guard.hook = null;
    return undefined;
  }

  /**
   * As `call`, without a closure: this is where a backtest spends its time. What is returned is to be
   * waited for by `wait`.
   */
  onCandle(strategy: Strategy, candle: Candle): Promise<unknown> | undefined {
    this.#guard.hook = "onCandle";
    let result: unknown;
    try {
      result = strategy.onCandle(candle);
    } catch (error) {
      throw new HookError("onCandle", candle, error);
    }
    if (result !== undefined && result instanceof Promise) return result;
    this.#guard.hook = null;
    return undefined;
  }

  /** Until the hook has ended. Throws `HookError`. */
  async wait(result: Promise<unknown>, hook: Hook, candle: Candle | undefined): Promise<void> {
    this.begin(hook, { latest: candle });
    try {
      await result;
    } catch (error) {
      throw this.errorOf(error);
    }
    this.end();
  }

  /**
   * The same for who awaits the hook's own promise: one around it would leave as much behind as the order
   * that is waited for. `end` is to follow, or `errorOf`.
   */
  begin(hook: Hook, told: Told): void {
    this.#waits += 1;
    this.#isWaiting = true;
    this.#hook = hook;
    this.#told = told;
    this.#wakeSoon();
  }

  end(): void {
    this.#isWaiting = false;
    this.#guard.hook = null;
  }

  /** What a hook threw as `HookError`; what was thrown while none waited, as it is. */
  errorOf(error: unknown): unknown {
    if (!this.#isWaiting) return error;
    this.end();
    return new HookError(this.#hook, this.#told?.latest, error);
  }

  /** A hook that still waits when all else is done waits for a timer: time stands still for it. */
  #wakeSoon(): void {
    if (!this.#isWaiting || this.#timers.count === 0) return;
    const wait = this.#waits;
    soon(() => {
      if (!this.#isWaiting || this.#waits !== wait) return;
      this.#timers.fireNext();
      this.#wakeSoon();
    });
  }
}
