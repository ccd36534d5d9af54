/** One run of a strategy: its process, what it says, what it is given. */

import type { Attachment, Market } from "#manager/market/market.ts";
import type { StoredFill } from "#manager/store/fill-store.ts";
import { type ChildProcess, spawnChild } from "#manager/supervisor/child-process.ts";
import { answerRequest, EarlyFeeds } from "#manager/supervisor/child-requests.ts";
import { commonWord } from "#manager/supervisor/common-word.ts";
import { judge, MessageRate, type Vitals } from "#manager/supervisor/health.ts";
import { HeldNonces } from "#manager/supervisor/held-nonces.ts";
import { Outbox } from "#manager/supervisor/outbox.ts";
import { Questions, type StatusAnswer } from "#manager/supervisor/questions.ts";
import { RecentCandles } from "#manager/supervisor/recent-candles.ts";
import { cpuPercent, readMemory, readStat, type Sample } from "#manager/supervisor/usage.ts";
import { unreachable } from "#shared/assert.ts";
import type { AuthorError } from "#shared/author-error.ts";
import type { Candle, FeedKey } from "#shared/candle.ts";
import { FromChild, type Request, type ToChild } from "#shared/child-message.ts";
import type { Clock, MonotonicMs, UnixMs } from "#shared/clock.ts";
import type { FeedView } from "#shared/control-api.ts";
import type { ExitCause } from "#shared/exit.ts";
import { describeIssues } from "#shared/json.ts";
import type { Limits } from "#shared/settings.ts";

/**
 * Longest wait for the fills that happened while the strategy was down, in ms: they come before its
 * first candle, but an exchange that cannot be reached must not keep it from its candles for long.
 */
const FILLS_MS_MAX = 10_000;
/** Most requests of one child that wait for their answer. */
const REQUESTS_MAX = 1000;

/** What the supervisor hears of a run. */
export interface RunListener {
  ready(): void;
  /** The hooks of so many live candles are done, `tookMs` after the manager had them. */
  handled(candles: readonly Candle[], tookMs: number): void;
  misbehaved(cause: ExitCause): void;
  exited(code: number | null, signal: string | null): void;
}

/** The fills of the run's strategy. */
export interface RunFills {
  /** Resolves when what happened until now has been written down; null when that is so. */
  whenSynced(): Promise<void> | null;
  /** What no run has handled, in order. */
  waiting(): readonly StoredFill[];
  /** `onFill` is done with this one. */
  handled(id: number): void;
}

export interface RunOptions {
  readonly init: Extract<ToChild, { kind: "init" }>;
  readonly runner: string;
  readonly cwd: string;
  readonly logPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly handledUntil: ReadonlyMap<FeedKey, UnixMs>;
  readonly market: Market;
  readonly clock: Clock;
  /** A nonce that no manager has given out before. */
  readonly nonce: (signer: string) => Promise<number>;
  /** Null on paper: its fills are simulated in its own process. */
  readonly fills: RunFills | null;
  readonly listener: RunListener;
}

export interface Usage {
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
}

export class Run {
  readonly startedAtMs: UnixMs;
  readonly #options: RunOptions;
  readonly #process: ChildProcess;
  readonly #outbox = new Outbox();
  readonly #rate = new MessageRate();
  readonly #questions: Questions;
  #requests = 0;
  readonly #nonces: HeldNonces;
  #attachment: Attachment | undefined;
  readonly #early = new EarlyFeeds();
  #heardAtMs: MonotonicMs;
  /** Since when the oldest message in flight is the next to be handled. */
  #owesSinceMs: MonotonicMs | null = null;
  /** When each of the live messages came that are not handled yet, oldest first. */
  readonly #liveAtMs: MonotonicMs[] = [];
  #lastError: AuthorError | null = null;
  #lastCandleAtMs: UnixMs | null = null;
  readonly #recent = new RecentCandles();
  #sample: Sample;
  #usage: Usage = { cpuPercent: null, memoryBytes: null };
  /** What was waiting has been put into the outbox: new fills follow it. */
  #takesFills = false;
  #stopping = false;
  #over = false;
  #isAbandoned = false;

  /** Spawns the process. Throws what the spawning throws. */
  constructor(options: RunOptions) {
    this.#options = options;
    this.#questions = new Questions(options.clock, (message) => this.#send(message));
    this.#nonces = new HeldNonces(options.market, options.nonce);
    this.#heardAtMs = options.clock.monotonic();
    this.startedAtMs = options.clock.now();
    this.#sample = { atMs: this.#heardAtMs, cpuTicks: 0 };
    this.#process = spawnChild({
      runner: options.runner,
      mode: "live",
      cwd: options.cwd,
      logPath: options.logPath,
      env: options.env,
      onMessage: (message) => this.#hear(message),
      onExit: (code, signal) => {
        this.#end();
        if (!this.#isAbandoned) options.listener.exited(code, signal);
      },
      onDisconnected: () => {
        if (!this.#isAbandoned) this.#broke("closed its IPC");
      },
    });
  }

  /** Its first message, before which the process knows neither strategy nor key: once it is written down. */
  begin(): void {
    this.#process.send(this.#options.init);
  }

  /** Ends a process that was not begun; nothing is told of it. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#process.signal("SIGKILL");
  }

  get logPath(): string {
    return this.#options.logPath;
  }
  get pid(): number {
    return this.#process.pid;
  }
  get startTicks(): number {
    return this.#process.startTicks;
  }
  get lastError(): AuthorError | null {
    return this.#lastError;
  }
  /** Close time of the last live candle that it was given. */
  get lastCandleAtMs(): UnixMs | null {
    return this.#lastCandleAtMs;
  }
  /** The last that it was given, oldest first. */
  get recentCandles(): readonly Candle[] {
    return this.#recent.all();
  }
  get usage(): Usage {
    return this.#usage;
  }

  feeds(): readonly FeedView[] {
    return this.#attachment?.feeds() ?? [];
  }

  /**
   * Measures the process and judges it: what it did wrong, if anything. `lateMs`: so long nobody could
   * listen to it.
   */
  look(limits: Limits, nowMs: MonotonicMs, lateMs: number): ExitCause | undefined {
    this.#heardAtMs += lateMs;
    if (this.#owesSinceMs !== null) this.#owesSinceMs += lateMs;
    this.#measure(nowMs);
    const vitals: Vitals = {
      heardAtMs: this.#heardAtMs,
      memoryBytes: this.#usage.memoryBytes,
      unhandled: this.#outbox.liveUnhandled,
      owesSinceMs: this.#owesSinceMs,
    };
    return judge(vitals, limits, nowMs);
  }

  /** Reads what the process uses now. */
  #measure(nowMs: MonotonicMs): void {
    const stat = readStat(this.pid);
    const memoryBytes = readMemory(this.pid) ?? null;
    if (stat === undefined) return;
    const sample = { atMs: nowMs, cpuTicks: stat.cpuTicks };
    this.#usage = { cpuPercent: cpuPercent(this.#sample, sample), memoryBytes };
    this.#sample = sample;
  }

  askStop(reason: string, withinMs: number): void {
    // From here on it gets no candle: what it has not handled is named by `onGap` at its next start.
    this.#stopping = true;
    this.#takesFills = false;
    this.#attachment?.detach();
    this.#process.send({ kind: "stop", reason, withinMs } satisfies ToChild);
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#process.signal(signal);
  }

  /** Fills that have just been written down; those that come too early or too late wait there. */
  giveFills(fills: readonly StoredFill[]): void {
    if (!this.#takesFills) return;
    for (const { id, fill } of fills) this.#outbox.pushFill(id, fill);
    this.#flush();
  }

  /** The strategy's own `status()`, or why there is none. Never throws. */
  async status(): Promise<StatusAnswer> {
    return await this.#questions.ask();
  }

  #send(message: ToChild): void {
    if (!this.#over) this.#process.send(message);
  }

  #flush(): void {
    for (const message of this.#outbox.take()) this.#send(message);
    if (!this.#outbox.isOwed) this.#owesSinceMs = null;
    else this.#owesSinceMs ??= this.#options.clock.monotonic();
  }

  #end(): void {
    this.#over = true;
    this.#takesFills = false;
    this.#attachment?.detach();
    this.#questions.end();
    this.#nonces.end();
  }

  #hear(raw: unknown): void {
    const nowMs = this.#options.clock.monotonic();
    this.#heardAtMs = nowMs;
    const flood = this.#rate.add(nowMs);
    if (flood !== undefined) return this.#options.listener.misbehaved(flood);
    const common = commonWord(raw);
    if (common !== undefined) return this.#heed(common);
    const parsed = FromChild.safeParse(raw);
    if (!parsed.success) {
      return this.#broke(`said what no runner says (${describeIssues(parsed.error)})`);
    }
    this.#heed(parsed.data);
  }

  #broke(problem: string): void {
    this.#options.listener.misbehaved({ kind: "protocol", problem: problem.slice(0, 500) });
  }

  #heed(message: FromChild): void {
    switch (message.kind) {
      case "ready":
        return this.#ready(message);
      case "done":
        return this.#done(message.seq);
      case "beat":
        return;
      case "answer":
        return this.#questions.answered(message);
      case "limited":
        return this.#options.market.rateLimited();
      case "spent":
        return this.#nonces.spent(message.signer, message.nonce);
      case "request":
        return void this.#serve(message.id, message.request);
      case "threw":
        this.#lastError = message.error;
        return;
      default:
        unreachable(message, "message of a child");
    }
  }

  #ready(message: Extract<FromChild, { kind: "ready" }>): void {
    if (this.#attachment !== undefined) return this.#broke("said twice that it is ready");
    this.#options.listener.ready();
    if (this.#stopping) return;
    if (this.#options.fills !== null) void this.#beginWithFills(this.#options.fills);
    this.#attachment = this.#options.market.attach({
      feeds: this.#early.with(message.feeds),
      handledUntil: this.#options.handledUntil,
      wantsForming: message.forming,
      taker: {
        candles: (phase, candles) => {
          this.#recent.add(candles);
          if (phase === "live") this.#liveAtMs.push(this.#options.clock.monotonic());
          this.#outbox.pushCandles(phase, candles);
          this.#flush();
        },
        forming: (candle) => {
          this.#outbox.pushForming(candle);
          this.#flush();
        },
        gap: (gap) => {
          this.#outbox.pushGap(gap);
          this.#flush();
        },
      },
    });
  }

  /** What no run has handled comes before everything else, that of the last moments too. */
  async #beginWithFills(fills: RunFills): Promise<void> {
    const synced = fills.whenSynced();
    if (synced !== null) {
      this.#outbox.hold();
      const late = Promise.withResolvers<void>();
      const timer = this.#options.clock.after(FILLS_MS_MAX, late.resolve);
      await Promise.race([synced, late.promise]);
      timer.cancel();
    }
    if (this.#stopping || this.#over) return;
    this.#takesFills = true;
    this.#outbox.release(fills.waiting().map(({ id, fill }) => ({ kind: "fill", id, fill })));
    this.#flush();
  }

  #done(seq: number): void {
    const owed = this.#outbox.done(seq);
    if (owed === undefined) return this.#broke(`said it had done ${seq}, which it does not owe`);
    this.#owesSinceMs = null;
    if (owed.kind === "fill") this.#options.fills?.handled(owed.id);
    else if (owed.phase === "live") {
      this.#lastCandleAtMs = owed.candles.at(-1)?.closeTime ?? null;
      const nowMs = this.#options.clock.monotonic();
      this.#options.listener.handled(owed.candles, nowMs - (this.#liveAtMs.shift() ?? nowMs));
    }
    this.#flush();
  }

  async #serve(id: number, request: Request): Promise<void> {
    if (this.#requests >= REQUESTS_MAX) return this.#broke(`asked ${REQUESTS_MAX} things at once`);
    this.#requests++;
    const { market } = this.#options;
    const nonce = async (signer: string): Promise<number> => await this.#nonces.next(signer);
    const tools = { market, nonce, feeds: this.#attachment ?? this.#early };
    const reply = await answerRequest(request, tools);
    this.#requests--;
    this.#send({ kind: "reply", id, reply });
  }
}
