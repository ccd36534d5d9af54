/** The exchange's clock, kept right by asking it now and then. */
import {
  addCandle,
  addSample,
  type ClockSample,
  delayUntil,
  exchangeTime,
  sampleDelayMs,
  UNSET_CLOCK,
} from "#manager/market/exchange-clock.ts";
import { GRACE_MS } from "#manager/market/feed.ts";
import type { Clock, MonotonicMs, Timer, UnixMs } from "#shared/clock.ts";
import { messageOf } from "#shared/errors.ts";
import type { Log } from "#shared/log.ts";

/** Delay after a question that was not answered, in ms. */
const FAILED_DELAY_MS = 2000;

/** A clock that went back further than this went back on purpose, in ms of ours. */
const BACK_MS_MIN = 60_000;

export interface ExchangeTimeOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Asks the exchange for its time. */
  readonly sample: () => Promise<ClockSample>;
  /** The time is known now, or known better. */
  readonly onChange: () => void;
}

export class ExchangeTime {
  readonly #options: ExchangeTimeOptions;
  #state = UNSET_CLOCK;
  #isRunning = false;
  #timer: Timer | undefined;

  constructor(options: ExchangeTimeOptions) {
    this.#options = options;
  }

  /** Begins to ask; does nothing when it does already. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule(sampleDelayMs(this.#state));
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** The exchange's time at a moment of ours; null when nothing is known of it. */
  at(nowMs: MonotonicMs): UnixMs | null {
    return exchangeTime(this.#state, nowMs);
  }

  now(): UnixMs | null {
    return this.at(this.#options.clock.monotonic());
  }

  /** A span of ours in ms of the exchange's time. */
  scaled(ms: number): number {
    return ms * this.#state.rate;
  }

  /** The grace of a candle, in ms of the exchange's time. */
  get graceMs(): number {
    return this.scaled(GRACE_MS);
  }

  /** How long until the exchange's clock shows this, in ms of ours; null when its time is not known. */
  delayUntil(exchangeMs: UnixMs): number | null {
    return delayUntil(this.#state, exchangeMs, this.#options.clock.monotonic());
  }

  /** A candle tells the time as well: it is at least its open time. */
  candleSeen(openTimeMs: UnixMs): void {
    const isFirst = this.now() === null;
    this.#state = addCandle(this.#state, openTimeMs, this.#options.clock.monotonic());
    if (isFirst) this.#options.onChange();
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => {
      void this.#take();
    });
  }

  async #take(): Promise<void> {
    const sample = await this.#ask();
    if (sample !== undefined) this.#add(sample);
    if (!this.#isRunning) return;
    this.#schedule(sample === undefined ? FAILED_DELAY_MS : sampleDelayMs(this.#state));
    this.#options.onChange();
  }

  async #ask(): Promise<ClockSample | undefined> {
    try {
      return await this.#options.sample();
    } catch (error) {
      this.#options.log.debug("the exchange's time cannot be had", { problem: messageOf(error) });
      return undefined;
    }
  }

  #add(sample: ClockSample): void {
    const expected = this.at(sample.receivedMs);
    this.#state = addSample(this.#state, sample);
    const backMs = expected === null ? 0 : expected - sample.exchangeMs;
    // A simulated exchange that began anew: its candles were all handled, so nothing will come.
    if (backMs > BACK_MS_MIN * this.#state.rate) {
      this.#options.log.warn("the exchange's clock went back: restart the manager", { backMs });
    }
  }
}
