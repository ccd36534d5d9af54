/** Longer candles out of shorter ones, only where every shorter one is there. Pure. */
import { type CandleColumns, type CandleRow, rowsOf, valueAt } from "#shared/columns.ts";
import { openTimeAt, TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from "#shared/timeframe.ts";

/** Timeframes that a longer one can be made of, the longest first: the fewest candles to read. */
export const basesOf = (timeframe: Timeframe): Timeframe[] =>
  TIMEFRAMES.filter(
    (base) =>
      TIMEFRAME_MS[base] < TIMEFRAME_MS[timeframe] &&
      TIMEFRAME_MS[timeframe] % TIMEFRAME_MS[base] === 0,
  ).toReversed();

type Draft = { -readonly [Key in keyof CandleRow]: CandleRow[Key] };

/** Takes the shorter candles in order, piece by piece. */
export class Aggregator {
  readonly #timeframe: Timeframe;
  /** Shorter candles in a longer one. */
  readonly #parts: number;
  #draft: Draft | undefined;
  #seen = 0;

  constructor(base: Timeframe, timeframe: Timeframe) {
    this.#timeframe = timeframe;
    this.#parts = TIMEFRAME_MS[timeframe] / TIMEFRAME_MS[base];
  }

  /** The longer candles that are complete with these. */
  push(columns: CandleColumns): CandleRow[] {
    const complete: CandleRow[] = [];
    for (let row = 0; row < rowsOf(columns); row++) {
      const openTime = openTimeAt(this.#timeframe, valueAt(columns.openTime, row));
      this.#take(columns, row, openTime);
      if (this.#draft === undefined || this.#seen < this.#parts) continue;
      complete.push(this.#draft);
      this.#draft = undefined;
    }
    return complete;
  }

  #take(columns: CandleColumns, row: number, openTime: number): void {
    const draft = this.#draft;
    const [high, low] = [valueAt(columns.high, row), valueAt(columns.low, row)];
    if (draft?.openTime !== openTime) {
      this.#seen = 1;
      this.#draft = {
        openTime,
        open: valueAt(columns.open, row),
        high,
        low,
        close: valueAt(columns.close, row),
        volume: valueAt(columns.volume, row),
        trades: valueAt(columns.trades, row),
      };
      return;
    }
    this.#seen++;
    draft.high = Math.max(draft.high, high);
    draft.low = Math.min(draft.low, low);
    draft.close = valueAt(columns.close, row);
    draft.volume += valueAt(columns.volume, row);
    draft.trades += valueAt(columns.trades, row);
  }
}
