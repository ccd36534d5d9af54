/** Writes down what happens in a run, step by step and fill by fill. */
import type {
  AmbiguousCandle,
  RecordedFill,
  RecordedFunding,
  RunRecord,
} from "#runner/backtest/record.ts";
import { StepTimes } from "#runner/backtest/step-times.ts";
import { cell } from "#runner/backtest/tape.ts";
import type { AccountFill } from "#runner/exchange/outcomes.ts";
import type { Coin } from "#shared/candle.ts";
import type { UnixMs } from "#shared/clock.ts";
import type { SeriesColumns } from "#shared/snapshot.ts";

/** What one candle later would have cost belongs to the report: it is looked up when the run is over. */
type Written = RecordedFill & { priceOneCandleLater: number | null };

/** What is known at the end alone. */
type Ending = Pick<RunRecord, "ended" | "open" | "tookMs" | "candles">;

export interface RecorderOptions {
  /** USDC at the start. */
  readonly capital: number;
  readonly stepsMax: number;
  /** Of each coin, the candles that the strategy decides on. */
  readonly series: ReadonlyMap<Coin, SeriesColumns>;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #times = new StepTimes();
  readonly #equity: Float64Array;
  readonly #exposed: Uint8Array;
  readonly #fills: Written[] = [];
  readonly #fundings: RecordedFunding[] = [];
  readonly #ambiguous: AmbiguousCandle[] = [];
  readonly #refusals = new Map<string, number>();
  readonly #fundingHours = { held: 0, unknown: 0 };
  /** Of each coin, the candles that had opened at its last fill: fills come one after another. */
  readonly #opened = new Map<Coin, { count: number }>();
  #fillsBefore = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#equity = new Float64Array(options.stepsMax);
    this.#exposed = new Uint8Array(options.stepsMax);
  }

  /** Whether the next step is due at this time, and those after it every so many ms. */
  isDue(timeMs: UnixMs, everyMs: number): boolean {
    return this.#times.isDue(timeMs, everyMs);
  }

  /** Account value at the closes of a step; `holds`: a position is held then. */
  step(timeMs: UnixMs, equity: number, holds: boolean): void {
    this.#times.meet(timeMs);
    this.stepOn(equity, holds);
  }

  /** The same for the step that is due. */
  stepOn(equity: number, holds: boolean): void {
    const step = this.#times.count;
    const fills = this.#fills.length;
    this.#equity[step] = equity;
    this.#exposed[step] = holds || fills > this.#fillsBefore ? 1 : 0;
    this.#fillsBefore = fills;
    this.#times.count = step + 1;
  }

  /** `slippage`: USDC that it made the price worse by. */
  fill(fill: AccountFill, slippage: number): void {
    const { order } = fill;
    // Field by field: a spread of `toFill` costs more than the fill itself.
    this.#fills.push({
      tradeId: fill.tradeId,
      orderId: order.id,
      clientOrderId: order.clientOrderId,
      coin: order.perp.coin,
      side: order.side,
      price: fill.price,
      size: fill.size,
      timeMs: fill.timeMs,
      fee: fill.fee,
      closedPnl: fill.closedPnl,
      taker: fill.taker,
      slippage,
      priceOneCandleLater: null,
    });
  }

  funding(funding: RecordedFunding): void {
    this.#fundings.push(funding);
  }

  /** An hour that began with a position; `isKnown`: so was its rate. */
  fundingHour(isKnown: boolean): void {
    this.#fundingHours.held += 1;
    if (!isKnown) this.#fundingHours.unknown += 1;
  }

  ambiguous(candle: AmbiguousCandle): void {
    this.#ambiguous.push(candle);
  }

  refusal(reason: string): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** `hold`: what it was worth at the times of the steps. */
  finish(ending: Ending, hold: (timesMs: Float64Array) => Float64Array): RunRecord {
    const timeMs = this.#times.all();
    for (const fill of this.#fills) {
      fill.priceOneCandleLater = this.#openAfter(fill.coin, fill.timeMs);
    }
    return {
      ...ending,
      capital: this.#options.capital,
      timeMs,
      hold: hold(timeMs),
      equity: this.#equity.subarray(0, timeMs.length),
      exposed: this.#exposed.subarray(0, timeMs.length),
      fills: this.#fills,
      fundings: this.#fundings,
      fundingHours: this.#fundingHours,
      ambiguous: this.#ambiguous,
      refusals: this.#refusals,
    };
  }

  /** The first open after a moment: where the same order would have filled a candle later. */
  #openAfter(coin: Coin, atMs: UnixMs): number | null {
    const series = this.#options.series.get(coin);
    if (series === undefined) return null;
    const { openTime, open } = series.columns;
    const opened = this.#openedOf(coin);
    while (opened.count < series.count && cell(openTime, opened.count) <= atMs) opened.count += 1;
    return opened.count < series.count ? cell(open, opened.count) : null;
  }

  #openedOf(coin: Coin): { count: number } {
    const known = this.#opened.get(coin);
    if (known !== undefined) return known;
    const opened = { count: 0 };
    this.#opened.set(coin, opened);
    return opened;
  }
}
