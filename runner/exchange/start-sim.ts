/** Starts a simulated exchange in this process: the market, its clock, the server. */

import { Exchange } from "#runner/exchange/exchange.ts";
import { Faults } from "#runner/exchange/faults.ts";
import { Market } from "#runner/exchange/market/market.ts";
import { replayMarket } from "#runner/exchange/market/replay.ts";
import { seededMarket } from "#runner/exchange/market/seeded.ts";
import {
  EXCHANGE_LIMITS,
  EXCHANGE_PACING,
  type SimLimits,
  type SimPacing,
} from "#runner/exchange/server/limits.ts";
import { ExchangeServer } from "#runner/exchange/server/server.ts";
import { type Clock, systemClock, type Timer, type UnixMs } from "#shared/clock.ts";
import { SIM_COINS_DEFAULT, type SimOptions } from "#shared/sim-options.ts";

/** How often the market is brought up to date, in real ms. */
const TICK_MS = 10;

/** For tests: what a person never changes. */
export interface SimTuning {
  readonly limits?: Partial<SimLimits>;
  readonly pacing?: Partial<SimPacing>;
  readonly clock?: Clock;
  /** The market stands still but for `advance`. */
  readonly manual?: boolean;
}

/** Throws what `sim-errors.ts` names, and `UnknownCoinError`. */
export async function startSim(options: SimOptions, tuning: SimTuning = {}): Promise<Sim> {
  const faults = new Faults(options.faults);
  const clock = shifted(tuning.clock ?? systemClock, () => faults.valueOf("clock-offset") ?? 0);
  const { market: kind, coins } = options;
  const source =
    kind.kind === "replay"
      ? await replayMarket(kind.folder, coins)
      : seededMarket(kind.seed, coins.length === 0 ? SIM_COINS_DEFAULT : coins, clock.now());
  const market = new Market(source, options.frictionless);
  const exchange = new Exchange(market, options, clock.now(), faults);
  return new Sim(exchange, options, { ...tuning, clock });
}

/** A clock that is ahead of another, by what may change. */
const shifted = (clock: Clock, aheadMs: () => number): Clock => ({
  now: () => clock.now() + aheadMs(),
  monotonic: () => clock.monotonic(),
  after: (delayMs, callback) => clock.after(delayMs, callback),
});

/** A running simulated exchange; ends when it is disposed of. */
export class Sim implements AsyncDisposable {
  readonly exchange: Exchange;
  readonly #server: ExchangeServer;
  readonly #clock: Clock;
  readonly #speed: number;
  readonly #isManual: boolean;
  /** Where the clocks stood at the start: the market's in market time, ours in monotonic time. */
  readonly #began: { readonly marketMs: UnixMs; readonly realMs: number; readonly aheadMs: number };
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(
    exchange: Exchange,
    options: SimOptions,
    tuning: SimTuning & { readonly clock: Clock },
  ) {
    this.exchange = exchange;
    this.#clock = tuning.clock;
    this.#speed = options.speed;
    this.#isManual = tuning.manual ?? false;
    this.#began = {
      marketMs: exchange.market.nowMs,
      realMs: this.#clock.monotonic(),
      aheadMs: this.#aheadMs(),
    };
    this.#server = new ExchangeServer({
      exchange,
      port: options.port,
      limits: { ...EXCHANGE_LIMITS, ...tuning.limits },
      pacing: { ...EXCHANGE_PACING, ...tuning.pacing },
      clock: this.#clock,
      advance: () => this.#catchUp(),
    });
    this.#schedule();
  }

  get http(): string {
    return this.#server.address.http;
  }

  get ws(): string {
    return this.#server.address.ws;
  }

  /** The exchange's time. */
  get nowMs(): UnixMs {
    return this.exchange.market.nowMs;
  }

  /** Lets the market run for so many ms of its own time, at once. */
  advance(marketMs: number): void {
    this.exchange.advance(this.nowMs + marketMs);
    this.#server.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#server.stop();
  }

  /** The fault "clock-offset". */
  #aheadMs(): number {
    return this.exchange.faults.valueOf("clock-offset") ?? 0;
  }

  #catchUp(): void {
    if (this.#isManual) return;
    const elapsedMs = (this.#clock.monotonic() - this.#began.realMs) * this.#speed;
    const jumpedMs = this.#aheadMs() - this.#began.aheadMs;
    // A market does not run backwards: set back, it stands until its time comes again.
    const marketMs = Math.floor(this.#began.marketMs + elapsedMs + jumpedMs);
    this.exchange.advance(Math.max(marketMs, this.nowMs));
  }

  #schedule(): void {
    this.#timer = this.#clock.after(TICK_MS, () => {
      this.#catchUp();
      this.exchange.cancelScheduled(this.#clock.now());
      this.#server.flush();
      if (!this.#isStopped) this.#schedule();
    });
  }
}
