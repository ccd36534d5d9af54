/** One run: the same class and hooks as live, over the pinned candles. */
import { Calm } from "#runner/backtest/calm.ts";
import { BacktestExchange } from "#runner/backtest/exchange.ts";
import { type FeedLine, gapsIn } from "#runner/backtest/feed-line.ts";
import { FeedSet } from "#runner/backtest/feed-set.ts";
import { FundingRates } from "#runner/backtest/funding-rates.ts";
import { holdAt } from "#runner/backtest/hold.ts";
import { Hooks } from "#runner/backtest/hooks.ts";
import type { RunRecord } from "#runner/backtest/record.ts";
import { Recorder } from "#runner/backtest/recorder.ts";
import { finestOf, tapesOf } from "#runner/backtest/tapes.ts";
import type { SimulatedTimers } from "#runner/backtest/timers.ts";
import { BACKTEST_ADDRESS, BacktestWorld } from "#runner/backtest/world.ts";
import { parseFeeds } from "#runner/feeds.ts";
import { Guard } from "#runner/guard.ts";
import { byCloseTime } from "#runner/live/inbox.ts";
import { overrides, type StrategyClass } from "#runner/load.ts";
import type { Strategy } from "#runner/strategy.ts";
import { buildIn } from "#runner/world.ts";
import type { BacktestSettings } from "#shared/backtest.ts";
import { PROGRESS_MS } from "#shared/backtest-message.ts";
import type { Candle, FeedRequest, Gap } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { Log } from "#shared/log.ts";
import type { Snapshot } from "#shared/snapshot.ts";

export interface RunProgress {
  readonly done: number;
  readonly total: number;
  /** Simulated time. */
  readonly timeMs: UnixMs;
  readonly equity: number;
}

export interface RunOptions {
  readonly strategy: StrategyClass;
  /** Of the strategy: its orders bear its mark. */
  readonly name: string;
  /** What the class's schema made of them. */
  readonly params: unknown;
  readonly settings: BacktestSettings;
  readonly snapshot: Snapshot;
  readonly log: Log;
  /** Those of the author's code, on the clock of this run: `now`. */
  readonly timers: SimulatedTimers;
  /** Ms on a clock of the machine that never jumps. */
  readonly monotonic: () => number;
  /** Told every `PROGRESS_MS`; resolves when the run may go on, `false` when it is to end. */
  readonly onProgress: (progress: RunProgress) => Promise<boolean>;
}

/** Candles between two looks at the machine's clock. */
const CANDLES_A_LOOK = 64;

export class BacktestRun {
  readonly #options: RunOptions;
  readonly #hooks: Hooks;
  readonly #calm: Calm;
  readonly #feeds: FeedSet;
  readonly #exchange: BacktestExchange;
  readonly #recorder: Recorder;
  readonly #world: BacktestWorld;
  readonly #strategy: Strategy;
  readonly #requests: readonly FeedRequest[];
  /** Warm-up of feeds that a hook took. */
  #warmup: Candle[] = [];
  /** Candles that were delivered on the general path. */
  #stepped = 0;
  /** Candles to be delivered, as known at the start. */
  #total = 0;
  #isInterrupted = false;
  /** So many candles are delivered when the machine's clock is looked at next. */
  #lookAt = CANDLES_A_LOOK;
  #lookedMs: number;
  /** Builds the strategy. Throws `HookError`, `BadFeedsError`, `FeedNotPinnedError`. */
  constructor(options: RunOptions) {
    this.#options = options;
    const { snapshot, settings, strategy, name, params, log } = options;
    const { header, series } = snapshot;
    const tapes = tapesOf(snapshot);
    this.#recorder = new Recorder({
      capital: settings.capital,
      stepsMax: series.reduce((sum, { count }) => sum + count, 0),
      series: finestOf(series.filter(({ timeframe }) => timeframe !== settings.detail)),
    });
    this.#exchange = new BacktestExchange({
      address: BACKTEST_ADDRESS,
      settings,
      tapes,
      series,
      funding: new Map(
        settings.funding ? snapshot.funding.map((each) => [each.coin, new FundingRates(each)]) : [],
      ),
      recorder: this.#recorder,
      startMs: header.fromMs,
      tellsFills: overrides(strategy, "onFill"),
    });
    this.#feeds = new FeedSet(series, header.toMs);
    const guard = new Guard();
    this.#hooks = new Hooks(guard, options.timers);
    this.#world = new BacktestWorld({
      name,
      params,
      log,
      guard,
      exchange: this.#exchange,
      recorder: this.#recorder,
      feeds: this.#feeds,
      onWarmup: (candles) => this.#warmup.push(...candles),
    });
    this.#strategy = this.#hooks.build("constructor", () =>
      buildIn(this.#world, () => new strategy()),
    );
    this.#requests = this.#hooks.build("feeds", () => parseFeeds(this.#strategy.feeds()));
    this.#calm = new Calm({
      exchange: this.#exchange,
      feeds: this.#feeds,
      recorder: this.#recorder,
      timers: options.timers,
      hooks: this.#hooks,
      strategy: this.#strategy,
    });
    this.#lookedMs = options.monotonic();
  }

  /** Candles that were delivered. */
  get #done(): number {
    return this.#stepped + this.#calm.count;
  }

  now(): UnixMs {
    return this.#exchange.market.nowMs;
  }

  /** Runs to the end of the data. Throws `HookError` for what the author's code throws. */
  async run(): Promise<RunRecord> {
    const startedMs = this.#options.monotonic();
    const ended = await this.#runAll();
    const result = this.#hooks.call("onStop", undefined, () =>
      this.#strategy.onStop("the data has ended"),
    );
    if (result !== undefined) await result;
    this.#world.close();
    const tookMs = this.#options.monotonic() - startedMs;
    // Like the statistics it belongs to the report.
    const hold = (timesMs: Float64Array) => holdAt(timesMs, this.#exchange.tapes);
    const candles = this.#done;
    return this.#recorder.finish({ ended, tookMs, candles, open: this.#open() }, hold);
  }

  #open(): RunRecord["open"] {
    return this.#exchange.holdings.look().map(({ perp, size, entryPrice, last }) => ({
      coin: perp.coin,
      size,
      entryPrice,
      markPrice: last,
    }));
  }

  async #runAll(): Promise<RunRecord["ended"]> {
    const { header } = this.#options.snapshot;
    // The market before the run is known: its last close is the price at the start.
    for (const tape of this.#exchange.tapes) tape.skipTo(header.fromMs);
    const started = this.#hooks.call("onStart", undefined, () => this.#strategy.onStart());
    if (started !== undefined) await started;
    this.#warmup = this.#hooks.build("feeds", () =>
      this.#feeds.take(this.#requests, header.fromMs),
    );
    await this.#deliverWarmup();
    this.#total = this.#feeds.left;
    for (;;) {
      const next = this.#runOn();
      if (!(next instanceof Promise)) return next;
      try {
        await next;
      } catch (error) {
        throw this.#hooks.errorOf(error);
      }
      this.#hooks.end();
    }
  }

  /** Runs until something has to be waited for, or to the end: promises would cost more than the rest. */
  #runOn(): RunRecord["ended"] | Promise<unknown> {
    for (;;) {
      const next = this.#tellRest() ?? this.#goOn();
      if (next !== undefined) return next;
    }
  }

  /** Some calm candles, or one moment that is not. */
  #goOn(): RunRecord["ended"] | Promise<unknown> | undefined {
    if (this.#isInterrupted) return "interrupted";
    if (this.#isTimeToLook()) return this.#look();
    const { count } = this.#calm;
    const waits = this.#calm.run(CANDLES_A_LOOK);
    if (waits !== undefined) return waits;
    return this.#calm.count === count ? this.#step() : undefined;
  }

  /** One moment at which candles close. Undefined: all is told, and the next may come. */
  #step(): RunRecord["ended"] | Promise<unknown> | undefined {
    const closeMs = this.#feeds.nextCloseMs;
    if (closeMs === Number.POSITIVE_INFINITY) return "complete";
    if (this.#exchange.advance(closeMs)) return this.#tellFills();
    const { holdings } = this.#exchange;
    const equity = holdings.equity();
    const isHeld = holdings.look().length > 0;
    this.#recorder.step(closeMs, Math.max(0, equity), isHeld);
    if (equity <= 0) return "liquidated";
    this.#exchange.fundUntil(closeMs);
    this.#options.timers.fireDue();
    return this.#deliver(closeMs);
  }

  /** Gaps, then the windows, then the hooks, each with the fills that its orders brought. */
  #deliver(closeMs: UnixMs): Promise<unknown> | undefined {
    const gaps = this.#feeds.gaps(closeMs);
    if (gaps.length > 0) return this.#deliverAfter(gaps, closeMs);
    const { only } = this.#feeds;
    return only?.nextCloseMs === closeMs
      ? this.#deliverOnly(only.close(), only)
      : this.#callAll(this.#close(closeMs), 0);
  }

  #deliverOnly(candle: Candle, line: FeedLine): Promise<unknown> | undefined {
    this.#count(1);
    const result = this.#hooks.onCandle(this.#strategy, candle);
    if (result !== undefined) this.#hooks.begin("onCandle", line);
    return result;
  }

  /** What came of the last hook and must be told before anything else happens. */
  #tellRest(): Promise<void> | undefined {
    return this.#isQuiet() ? undefined : this.#settle(undefined, [], 0);
  }

  async #deliverAfter(gaps: readonly Gap[], closeMs: UnixMs): Promise<void> {
    for (const gap of gaps) await this.#tellGap(gap);
    await this.#callAll(this.#close(closeMs), 0);
  }

  #close(closeMs: UnixMs): Candle[] {
    const candles = this.#feeds.close(closeMs);
    this.#count(candles.length);
    return candles;
  }

  #count(candles: number): void {
    this.#stepped += candles;
  }

  /** Nothing came of a hook that must be told before the next. */
  #isQuiet(): boolean {
    return this.#exchange.untold.isEmpty && this.#warmup.length === 0;
  }

  /** Goes on without a promise as long as no hook returns one and nothing came of it. */
  #callAll(candles: readonly Candle[], from: number): Promise<void> | undefined {
    for (let index = from; index < candles.length; index++) {
      const candle = candles[index];
      // A feed may have been dropped by the hook before.
      if (candle === undefined || (index > 0 && !this.#feeds.windows.has(candle))) continue;
      const result = this.#hooks.onCandle(this.#strategy, candle);
      if (result !== undefined || !this.#isQuiet()) return this.#settle(result, candles, index + 1);
    }
    return undefined;
  }

  async #settle(
    result: Promise<unknown> | undefined,
    candles: readonly Candle[],
    next: number,
  ): Promise<void> {
    if (result !== undefined) await this.#hooks.wait(result, "onCandle", candles[next - 1]);
    if (!this.#exchange.untold.isEmpty) await this.#tellFills();
    if (this.#warmup.length > 0) await this.#deliverWarmup();
    const rest = this.#callAll(candles, next);
    if (rest !== undefined) await rest;
  }

  async #tellFills(): Promise<void> {
    for (let fill = this.#exchange.untold.take(); fill !== undefined; ) {
      const told = fill;
      const result = this.#hooks.call("onFill", undefined, () => this.#strategy.onFill(told));
      if (result !== undefined) await result;
      fill = this.#exchange.untold.take();
    }
  }

  async #tellGap(gap: Gap): Promise<void> {
    const result = this.#hooks.call("onGap", undefined, () => this.#strategy.onGap(gap));
    if (result !== undefined) await result;
  }

  /** Warm-up in delivery order, and then what is missing in it, as live. */
  async #deliverWarmup(): Promise<void> {
    const candles = this.#warmup;
    this.#warmup = [];
    for (const group of byCloseTime(candles)) {
      for (const candle of group) this.#feeds.windows.push(candle);
      for (const candle of group) {
        const result = this.#hooks.call("onWarmup", candle, () => this.#strategy.onWarmup(candle));
        if (result !== undefined) await result;
      }
    }
    for (const gap of gapsIn(candles)) await this.#tellGap(gap);
  }

  #isTimeToLook(): boolean {
    if (this.#done < this.#lookAt) return false;
    this.#lookAt = this.#done + CANDLES_A_LOOK;
    const nowMs = this.#options.monotonic();
    if (nowMs - this.#lookedMs < PROGRESS_MS) return false;
    this.#lookedMs = nowMs;
    return true;
  }

  async #look(): Promise<void> {
    const goesOn = await this.#options.onProgress({
      done: this.#done,
      total: Math.max(this.#total, this.#done),
      timeMs: this.now(),
      equity: this.#exchange.holdings.equity(),
    });
    this.#isInterrupted = !goesOn;
  }
}
