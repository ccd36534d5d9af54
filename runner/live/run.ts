/** One run of a strategy under a manager: from its first message to the end of the process. */
import { authorErrorOf } from "#runner/author-error.ts";
import { Guard, type Hook } from "#runner/guard.ts";
import type { Link } from "#runner/link.ts";
import { type Built, buildStrategy, type Init } from "#runner/live/build.ts";
import { type Batch, byCloseTime, type FillItem, Inbox, type Item } from "#runner/live/inbox.ts";
import type { Ipc } from "#runner/live/ipc.ts";
import { sayLines } from "#runner/live/output.ts";
import { unreachable } from "#shared/assert.ts";
import type { Candle } from "#shared/candle.ts";
import type { FromChild } from "#shared/child-message.ts";
import type { Clock } from "#shared/clock.ts";
import { parseValue } from "#shared/json.ts";
import type { Log } from "#shared/log.ts";
import type { Fill } from "#shared/order.ts";
import type { PaperView } from "#shared/settings.ts";
import { Status } from "#shared/status.ts";

type Answer = Extract<FromChild, { kind: "answer" }>["answer"];

export interface RunOptions {
  readonly init: Init;
  readonly ipc: Ipc;
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/**
 * What is to be done, one step after the other. It yields what must be awaited and nothing else: a candle whose
 * hook awaits nothing costs half of what it does by way of async functions.
 */
type Steps = Generator<Promise<unknown>, void, void>;

/** The author's code threw. */
class HookError extends Error {
  readonly hook: Hook;

  constructor(hook: Hook, cause: unknown) {
    super(`${hook} threw`, { cause });
    this.hook = hook;
  }
}

export class Run {
  readonly #options: RunOptions;
  readonly #guard = new Guard();
  readonly #inbox = new Inbox();
  #built: Built | undefined;
  /** Whether a hook runs, or something between hooks. */
  #busy = false;
  #stopReason: string | undefined;
  #ended = false;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Builds the strategy, starts it, says that it is ready, and handles what comes from then on. */
  start(): void {
    this.#work(this.#begin());
  }

  /** Takes what the manager sent for the hooks. */
  put(item: Item): void {
    if (this.#ended) return;
    const paper = this.#built?.paper;
    if (paper !== undefined) {
      for (const fill of paper.see(item)) this.#inbox.put({ kind: "paper-fill", fill });
    }
    this.#inbox.put(item);
    this.#continue();
  }

  /** Ends after the hook that runs; what waits is left. */
  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#continue();
  }

  /** Asks for `status()` at once: it may come between two parts of a hook that waits. */
  status(): Answer {
    const strategy = this.#built?.strategy;
    if (strategy === undefined) return { kind: "none" };
    const hook = this.#guard.hook;
    this.#guard.hook = "status";
    try {
      const said = strategy.status();
      if (said === undefined) return { kind: "none" };
      return { kind: "status", status: parseValue(Status, said, "what status() returned") };
    } catch (error) {
      return { kind: "threw", error: authorErrorOf(error, "status", this.#options.init.bundle) };
    } finally {
      this.#guard.hook = hook;
    }
  }

  /** Null when its orders are real. */
  paperAccount(): PaperView | null {
    return this.#built?.paper?.view() ?? null;
  }

  /** Ends the run because the author's code threw; the first reason counts. */
  fail(where: string, thrown: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const { init, ipc, log, exit } = this.#options;
    const error = authorErrorOf(thrown, where, init.bundle);
    log.error(`${where} threw: ${error.message}`);
    if (error.frame !== null) {
      sayLines(log, "error", `${error.file}:${error.line}:${error.column}\n${error.frame}`);
    }
    if (error.stack !== "") sayLines(log, "error", error.stack);
    const end = () => exit(1);
    ipc.sendLast({ kind: "threw", error }).then(end, end);
  }

  #continue(): void {
    if (this.#busy || this.#built === undefined) return;
    this.#work(this.#handleAll(this.#built));
  }

  /** Does one thing at a time. Everything that goes wrong in it ends the run. */
  #work(steps: Steps): void {
    this.#busy = true;
    try {
      const next = steps.next();
      if (next.done !== true) return void this.#goOn(steps, next.value);
    } catch (error) {
      this.#failed(error);
    }
    this.#busy = false;
  }

  async #goOn(steps: Steps, first: Promise<unknown>): Promise<void> {
    try {
      await first;
      for (let next = steps.next(); next.done !== true; next = steps.next()) await next.value;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  #failed(error: unknown): void {
    if (error instanceof HookError) this.fail(error.hook, error.cause);
    else this.fail("unhandled", error);
  }

  *#begin(): Steps {
    yield this.#build();
    if (this.#built !== undefined) yield* this.#handleAll(this.#built);
  }

  async #build(): Promise<void> {
    const { ipc, init, link, clock, log } = this.#options;
    const surroundings = { init, link, clock, log, guard: this.#guard };
    const built = await buildStrategy(surroundings, async (hook, body) => {
      return await this.#call(hook, body);
    });
    this.#built = built;
    const { strategy, paper } = built;
    if (paper !== undefined) {
      paper.onFill = (fill) => {
        this.#inbox.putPaperFillNext(fill);
        // An order may come from a timer of the author's, between hooks.
        this.#continue();
      };
      for (const fill of paper.untold()) this.#inbox.put({ kind: "paper-fill", fill });
    }
    await this.#call("onStart", () => strategy.onStart());
    ipc.send({
      kind: "ready",
      feeds: [...built.feeds, ...(paper?.ownFeeds() ?? [])],
      // Orders on paper fill by what the open candle trades.
      forming: built.wantsForming || paper !== undefined,
    });
  }

  *#handleAll(built: Built): Steps {
    while (!this.#ended) {
      if (this.#stopReason !== undefined) {
        yield this.#finish(built, this.#stopReason);
        return;
      }
      const item = this.#inbox.take();
      if (item === undefined) return;
      // Here and not in `#handle`, for the quickest way to the commonest hook.
      if (item.kind === "candles") yield* this.#deliver(item, built);
      else yield* this.#handle(item, built);
    }
  }

  *#handle(item: Exclude<Item, Batch>, built: Built): Steps {
    const { strategy, windows } = built;
    switch (item.kind) {
      case "fill":
        yield* this.#fill(item, built);
        return;
      case "gap":
        if (windows.has(item.gap)) yield* this.#hook("onGap", () => strategy.onGap(item.gap));
        return;
      case "paper-fill":
        yield* this.#tellPaperFill(item.fill, built);
        return;
      case "forming":
        if (!built.wantsForming || !windows.has(item.candle)) return;
        yield* this.#hook("onForming", () => strategy.onForming(item.candle));
        return;
      default:
        unreachable(item, "item of the inbox");
    }
  }

  /** At one close time every window is updated before the first hook runs. */
  *#deliver({ seq, phase, candles }: Batch, built: Built): Steps {
    const { strategy, windows, paper } = built;
    const [hook, body] =
      phase === "warmup"
        ? (["onWarmup", (candle: Candle) => strategy.onWarmup(candle)] as const)
        : (["onCandle", (candle: Candle) => strategy.onCandle(candle)] as const);
    for (const group of byCloseTime(candles)) {
      for (const candle of group) windows.push(candle);
      for (const candle of group) {
        // A feed may have been dropped by the hook before.
        const waits = windows.has(candle) ? this.#enter(hook, () => body(candle)) : undefined;
        if (waits !== undefined) yield waits;
        if (paper !== undefined) yield* this.#tellPaperFills(built);
        if (this.#stopReason !== undefined || this.#ended) return;
      }
    }
    this.#options.ipc.send({ kind: "done", seq });
  }

  /** Said at once, even when the run is to stop: a fill that is not said to be done comes again. */
  *#fill({ seq, fill }: FillItem, { strategy }: Built): Steps {
    yield* this.#hook("onFill", () => strategy.onFill(fill));
    this.#options.ipc.send({ kind: "done", seq });
  }

  /** Fills of the hook that has just ended come before the next one. */
  *#tellPaperFills(built: Built): Steps {
    while (!this.#ended) {
      const fill = this.#inbox.takePaperFill();
      if (fill === undefined) return;
      yield* this.#tellPaperFill(fill, built);
    }
  }

  /** One whose hook was not done comes again at the next start, as on a network. */
  *#tellPaperFill(fill: Fill, { strategy, paper }: Built): Steps {
    yield* this.#hook("onFill", () => strategy.onFill(fill));
    paper?.told(fill);
  }

  async #finish({ strategy, world }: Built, reason: string): Promise<void> {
    const { ipc, exit } = this.#options;
    await this.#call("onStop", () => strategy.onStop(reason));
    world.close();
    this.#ended = true;
    await ipc.sendLast({ kind: "beat" });
    exit(0);
  }

  *#hook(hook: Hook, body: () => void | Promise<void>): Steps {
    const waits = this.#enter(hook, body);
    if (waits !== undefined) yield waits;
  }

  /**
   * Calls a hook; a promise of its end when it has not ended with that. Throws, or rejects with, `HookError`
   * with what it throws.
   */
  #enter(hook: Hook, body: () => void | Promise<void>): Promise<void> | undefined {
    this.#guard.hook = hook;
    let result: void | Promise<void>;
    try {
      result = body();
    } catch (error) {
      this.#guard.hook = null;
      throw new HookError(hook, error);
    }
    if (result instanceof Promise) return this.#call(hook, async () => await result);
    this.#guard.hook = null;
    return undefined;
  }

  /** The same for what is seldom called, and answers. */
  async #call<T>(hook: Hook, body: () => T | Promise<T>): Promise<T> {
    this.#guard.hook = hook;
    try {
      return await body();
    } catch (error) {
      throw new HookError(hook, error);
    } finally {
      this.#guard.hook = null;
    }
  }
}
