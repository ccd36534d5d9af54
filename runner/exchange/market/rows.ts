/** Candles of one base timeframe in columns, without a hole, and what longer candles make of them. */
import { assert } from "#shared/assert.ts";
import type { UnixMs } from "#shared/clock.ts";

/** A candle without its coin and timeframe. Prices in USDC, volume in coin. */
export interface Row {
  readonly openTime: UnixMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Number of trades. */
  readonly trades: number;
}

/** Trades that the simulator makes of one base candle that traded. */
export const PRINTS_PER_ROW = 8;

/** Columns are grown to hold this many rows at first. */
const CAPACITY_FIRST = 1024;

/** Open, high, low, close, volume: five columns that grow at the end and may be dropped at the front. */
export class Rows {
  readonly firstOpenMs: UnixMs;
  readonly lengthMs: number;
  #columns = emptyColumns(CAPACITY_FIRST);
  #size = 0;
  #dropped = 0;

  constructor(firstOpenMs: UnixMs, lengthMs: number) {
    this.firstOpenMs = firstOpenMs;
    this.lengthMs = lengthMs;
  }

  /** Index of the oldest row that is still held. */
  get begin(): number {
    return this.#dropped;
  }

  /** Index after the newest row. */
  get end(): number {
    return this.#dropped + this.#size;
  }

  /** Index of the row that holds this moment, whether it exists or not. */
  indexAt(atMs: UnixMs): number {
    return Math.floor((atMs - this.firstOpenMs) / this.lengthMs);
  }

  openTimeOf(index: number): UnixMs {
    return this.firstOpenMs + index * this.lengthMs;
  }

  push(row: Omit<Row, "openTime" | "trades">): void {
    if (this.#size === this.#columns.open.length) this.#columns = grown(this.#columns, this.#size);
    const columns = this.#columns;
    columns.open[this.#size] = row.open;
    columns.high[this.#size] = row.high;
    columns.low[this.#size] = row.low;
    columns.close[this.#size] = row.close;
    columns.volume[this.#size] = row.volume;
    this.#size++;
  }

  /** Forgets the oldest rows until `keep` are left. */
  dropOldest(keep: number): void {
    const surplus = this.#size - keep;
    if (surplus <= 0) return;
    const { open, high, low, close, volume } = this.#columns;
    for (const column of [open, high, low, close, volume]) {
      column.copyWithin(0, surplus, this.#size);
    }
    this.#size = keep;
    this.#dropped += surplus;
  }

  at(index: number): Row {
    return {
      openTime: this.openTimeOf(index),
      open: this.#cell("open", index),
      high: this.#cell("high", index),
      low: this.#cell("low", index),
      close: this.closeAt(index),
      volume: this.#cell("volume", index),
      trades: this.#cell("volume", index) > 0 ? PRINTS_PER_ROW : 0,
    };
  }

  closeAt(index: number): number {
    return this.#cell("close", index);
  }

  /**
   * The candle that rows `from` to `to` (exclusive) make. Rows that traded decide; if none did, it is
   * what those rows show, so that a halt is flat.
   */
  aggregate(from: number, to: number): Row {
    assert(from >= this.begin && to <= this.end && from < to, "rows to aggregate are held");
    let sum: Row | undefined;
    for (let index = from; index < to; index++) {
      if (this.#cell("volume", index) > 0) sum = merge(sum, this.at(index));
    }
    if (sum !== undefined) return { ...sum, openTime: this.openTimeOf(from) };
    let flat: Row | undefined;
    for (let index = from; index < to; index++) flat = merge(flat, this.at(index));
    assert(flat !== undefined, "an empty range is refused above");
    return flat;
  }

  #cell(column: keyof Columns, index: number): number {
    const value = this.#columns[column][index - this.#dropped];
    assert(value !== undefined && index < this.end, `row ${index} is held`);
    return value;
  }
}

/** Two adjacent pieces of one candle as one. */
export function merge(earlier: Row | undefined, later: Row): Row {
  if (earlier === undefined) return later;
  return {
    openTime: earlier.openTime,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
    volume: earlier.volume + later.volume,
    trades: earlier.trades + later.trades,
  };
}

interface Columns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

const emptyColumns = (capacity: number): Columns => ({
  open: new Float64Array(capacity),
  high: new Float64Array(capacity),
  low: new Float64Array(capacity),
  close: new Float64Array(capacity),
  volume: new Float64Array(capacity),
});

function grown(columns: Columns, size: number): Columns {
  const larger = emptyColumns(size * 2);
  larger.open.set(columns.open);
  larger.high.set(columns.high);
  larger.low.set(columns.low);
  larger.close.set(columns.close);
  larger.volume.set(columns.volume);
  return larger;
}
