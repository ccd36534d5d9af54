/** What is compared with: loops that a person writes by hand for one strategy, with no engine around it. */
import type { Candle } from "kumbh";
import type { Snapshot } from "#shared/snapshot.ts";
import { Averages, FAST, SLOW } from "#test/bench/backtest/averages.ts";
import { CAPITAL, FEE, MINUTE_MS, SIZE } from "#test/bench/backtest/market.ts";

/** A class, a fresh candle object, the same accounting. */
class PlainLoop {
  readonly #averages = new Averages();
  readonly trades: { time: number; price: number; size: number; fee: number }[] = [];
  cash = CAPITAL;
  /** Kept, so that each candle is an object indeed. */
  latest: Candle | undefined;
  size = 0;
  entry = 0;
  #wanted = 0;

  onCandle(candle: Candle): void {
    this.latest = candle;
    const cross = this.#averages.cross(candle.close);
    if (cross !== undefined) this.#wanted = cross === "up" ? SIZE : -SIZE;
  }

  /** What was decided at the close before is done at this open. */
  open(price: number, time: number): void {
    if (this.#wanted === this.size) return;
    const traded = Math.abs(this.#wanted - this.size);
    const fee = traded * price * FEE;
    this.cash += this.size * (price - this.entry) - fee;
    this.size = this.#wanted;
    this.entry = price;
    this.trades.push({ time, price, size: traded, fee });
  }
}

/** Time of the plain class loop, in ms. */
export function plainMs({ series }: Snapshot): number {
  const [first] = series;
  if (first === undefined) throw new Error("a market has a series");
  const { openTime, open, high, low, close, volume, trades } = first.columns;
  const start = performance.now();
  const loop = new PlainLoop();
  const equity = new Float64Array(first.count);
  for (let index = 0; index < first.count; index++) {
    const time = openTime[index] ?? 0;
    loop.open(open[index] ?? 0, time);
    const candle = {
      coin: "BTC",
      timeframe: "1m",
      openTime: time,
      closeTime: time + MINUTE_MS,
      open: open[index] ?? 0,
      high: high[index] ?? 0,
      low: low[index] ?? 0,
      close: close[index] ?? 0,
      volume: volume[index] ?? 0,
      trades: trades[index] ?? 0,
    } as const;
    equity[index] = loop.cash + loop.size * (candle.close - loop.entry);
    loop.onCandle(candle);
  }
  return performance.now() - start;
}

/** Time of a loop over the columns, without an object or a call a candle, in ms. */
export function handMs({ series }: Snapshot): number {
  const [first] = series;
  if (first === undefined) throw new Error("a market has a series");
  const { open, close } = first.columns;
  const start = performance.now();
  const equity = new Float64Array(first.count);
  let [cash, size, entry, wanted] = [CAPITAL, 0, 0, 0];
  let [fast, slow, above] = [0, 0, false];
  for (let index = 0; index < first.count; index++) {
    const price = open[index] ?? 0;
    if (wanted !== size) {
      cash += size * (price - entry) - Math.abs(wanted - size) * price * FEE;
      [size, entry] = [wanted, price];
    }
    const last = close[index] ?? 0;
    equity[index] = cash + size * (last - entry);
    fast += last;
    slow += last;
    if (index >= FAST) fast -= close[index - FAST] ?? 0;
    if (index >= SLOW) slow -= close[index - SLOW] ?? 0;
    if (index + 1 < SLOW) continue;
    const isAbove = fast / FAST > slow / SLOW;
    if (isAbove !== above) wanted = isAbove ? SIZE : -SIZE;
    above = isAbove;
  }
  return performance.now() - start;
}
