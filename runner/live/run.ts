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

  /** Builds the strategy, starts it, and says that it is ready. */
  async start(): Promise<void> {
    await this.#work(async () => {
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
      await this.#handleAll(built);
    });
  }

  /** Takes what the manager sent for the hooks. */
  put(item: Item): void {
    if (this.#ended) return;
    for (const fill of this.#built?.paper?.see(item) ?? []) {
      this.#inbox.put({ kind: "paper-fill", fill });
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
    const built = this.#built;
    if (this.#busy || built === undefined) return;
    void this.#work(async () => await this.#handleAll(built));
  }

  /** Does one thing at a time. Everything that goes wrong in it ends the run. */
  async #work(body: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await body();
    } catch (error) {
      if (error instanceof HookError) this.fail(error.hook, error.cause);
      else this.fail("unhandled", error);
    } finally {
      this.#busy = false;
    }
  }

  async #handleAll(built: Built): Promise<void> {
    while (!this.#ended) {
      if (this.#stopReason !== undefined) return await this.#finish(built, this.#stopReason);
      const item = this.#inbox.take();
      if (item === undefined) return;
      await this.#handle(item, built);
    }
  }

  async #handle(item: Item, built: Built): Promise<void> {
    const { strategy, windows } = built;
    switch (item.kind) {
      case "candles":
        return await this.#deliver(item, built);
      case "fill":
        return await this.#fill(item, built);
      case "gap":
        if (windows.has(item.gap)) await this.#call("onGap", () => strategy.onGap(item.gap));
        return;
      case "paper-fill":
        return await this.#tellPaperFill(item.fill, built);
      case "forming":
        if (!built.wantsForming || !windows.has(item.candle)) return;
        return await this.#call("onForming", () => strategy.onForming(item.candle));
      default:
        return unreachable(item, "item of the inbox");
    }
  }

  /** At one close time every window is updated before the first hook runs. */
  async #deliver({ seq, phase, candles }: Batch, built: Built): Promise<void> {
    const { strategy, windows } = built;
    const [hook, body] =
      phase === "warmup"
        ? (["onWarmup", (candle: Candle) => strategy.onWarmup(candle)] as const)
        : (["onCandle", (candle: Candle) => strategy.onCandle(candle)] as const);
    for (const group of byCloseTime(candles)) {
      for (const candle of group) windows.push(candle);
      for (const candle of group) {
        // A feed may have been dropped by the hook before.
        if (windows.has(candle)) await this.#call(hook, () => body(candle));
        await this.#tellPaperFills(built);
        if (this.#stopReason !== undefined || this.#ended) return;
      }
    }
    this.#options.ipc.send({ kind: "done", seq });
  }

  /** Said at once, even when the run is to stop: a fill that is not said to be done comes again. */
  async #fill({ seq, fill }: FillItem, { strategy }: Built): Promise<void> {
    await this.#call("onFill", () => strategy.onFill(fill));
    this.#options.ipc.send({ kind: "done", seq });
  }

  /** Fills of the hook that has just ended come before the next one. */
  async #tellPaperFills(built: Built): Promise<void> {
    while (!this.#ended) {
      const fill = this.#inbox.takePaperFill();
      if (fill === undefined) return;
      await this.#tellPaperFill(fill, built);
    }
  }

  /** One whose hook was not done comes again at the next start, as on a network. */
  async #tellPaperFill(fill: Fill, { strategy, paper }: Built): Promise<void> {
    await this.#call("onFill", () => strategy.onFill(fill));
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

  /** Calls a hook; throws `HookError` with what it throws. */
  async #call<T>(hook: Hook, body: () => T | Promise<T>): Promise<T> {
    this.#guard.hook = hook;
    try {
      const result = body();
      return result instanceof Promise ? await result : result;
    } catch (error) {
      throw new HookError(hook, error);
    } finally {
      this.#guard.hook = null;
    }
  }
}
