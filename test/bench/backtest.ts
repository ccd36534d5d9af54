/** A backtest against a plain loop of the same work: candles a second, orders a second, bytes a candle. */
import { type Candle, type Feed, mean, Strategy } from "kumbh";
import type { StrategyClass } from "#runner/load.ts";
import { seededRandom } from "#shared/random.ts";
import type { Snapshot } from "#shared/snapshot.ts";
import { compare, type Measurement } from "#test/bench/measure.ts";
import { type Bar, backtest, snapshotOf } from "#test/support/backtest.ts";

const CANDLES = 1_000_000;
const RUNS = 5;
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2024, 0, 1);
const ORDER_CANDLES = 20_000;
const ORDERS_UNTIL_MS = START_MS + ORDER_CANDLES * MINUTE_MS;
const FAST = 10;
const SLOW = 30;
const SIZE = 0.01;
const FEE = 0.000_45;
const CAPITAL = 1_000_000;
const SETTINGS = {
  capital: CAPITAL,
  takerFee: FEE,
  makerFee: FEE,
  slippageBps: 0,
  funding: false,
} as const;

/** A walk on a tick of 1 around 60 000: its averages of 10 and 30 cross some 40 000 times. */
export function walk(count: number): Snapshot {
  const random = seededRandom(7);
  let last = 60_000;
  const bars = Array.from({ length: count }, (_, index): Bar => {
    const open = last;
    const close = Math.max(10_000, Math.round(open * (1 + (random() - 0.5) * 0.002)));
    last = close;
    return {
      openTime: START_MS + index * MINUTE_MS,
      open,
      high: Math.max(open, close) + Math.round(random() * 10),
      low: Math.min(open, close) - Math.round(random() * 10),
      close,
    };
  });
  return snapshotOf({ series: [{ coin: "BTC", timeframe: "1m", bars }] });
}

/** Two running averages, kept candle by candle. */
class Averages {
  readonly #closes = new Float64Array(SLOW);
  #count = 0;
  #fast = 0;
  #slow = 0;
  #above = false;

  /** Whether the fast average has crossed the slow one with this close, and to which side. */
  cross(close: number): "up" | "down" | undefined {
    const at = this.#count % SLOW;
    if (this.#count >= SLOW) this.#slow -= this.#closes[at] ?? 0;
    if (this.#count >= FAST) this.#fast -= this.#closes[(this.#count - FAST) % SLOW] ?? 0;
    this.#closes[at] = close;
    this.#fast += close;
    this.#slow += close;
    this.#count += 1;
    if (this.#count < SLOW) return undefined;
    const above = this.#fast / FAST > this.#slow / SLOW;
    if (above === this.#above) return undefined;
    this.#above = above;
    return above ? "up" : "down";
  }
}

export class Crossing extends Strategy {
  static readonly meta = { name: "crossing", version: "1.0.0" };
  readonly #averages = new Averages();
  #held = 0;

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  onCandle({ coin, close }: Candle): Promise<void> | void {
    const cross = this.#averages.cross(close);
    if (cross !== undefined) return this.#turn(coin, cross === "up" ? "buy" : "sell");
  }

  async #turn(coin: string, side: "buy" | "sell"): Promise<void> {
    const order = await this.trade.market({ coin, side, size: SIZE + this.#held });
    if (order.kind === "filled") this.#held = SIZE;
  }
}

class Nothing extends Strategy {
  static readonly meta = { name: "nothing", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  onCandle(): void {}
}

/** Ten averages over windows of the closes. */
class Indicators extends Strategy {
  static readonly meta = { name: "indicators", version: "1.0.0" };
  sum = 0;

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  onCandle({ coin }: Candle): void {
    const window = this.candles(coin, "1m");
    for (let length = 5; length <= 50; length += 5) {
      this.sum += mean(window.closes(length));
    }
  }
}

/** So many orders a candle, through `this.trade`. */
class Trader extends Strategy {
  static readonly meta = { name: "trader", version: "1.0.0" };
  static readonly perCandle = 10;

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  async onCandle({ coin }: Candle): Promise<void> {
    for (let order = 0; order < Trader.perCandle; order++) {
      await this.trade.market({ coin, side: order % 2 === 0 ? "buy" : "sell", size: SIZE });
    }
  }
}

/** The same through the SDK's own client. */
class SdkTrader extends Strategy {
  static readonly meta = { name: "sdk-trader", version: "1.0.0" };

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1m" }];
  }

  async onCandle({ close, closeTime }: Candle): Promise<void> {
    // After the last candle nobody trades, and the SDK throws what the exchange refuses.
    if (closeTime === ORDERS_UNTIL_MS) return;
    for (let order = 0; order < Trader.perCandle; order++) {
      const b = order % 2 === 0;
      const p = String(Math.round(close * (b ? 1.04 : 0.96)));
      const t = { limit: { tif: "Ioc" } } as const;
      const orders = [{ a: 0, b, p, s: String(SIZE), r: false, t }];
      await this.exchange.order({ orders, grouping: "na" });
    }
  }
}

/** The loop that a person writes by hand: a class, a fresh candle object, the same accounting. */
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

function plain({ series }: Snapshot): number {
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

export async function timed(strategy: StrategyClass, market: Snapshot) {
  const start = performance.now();
  const { record } = await backtest({ strategy, market, settings: SETTINGS });
  return { ms: performance.now() - start, record };
}

export async function benchBacktest(): Promise<Measurement[]> {
  const market = walk(CANDLES);
  const small = walk(ORDER_CANDLES);
  const floor = `plain class loop, ${CANDLES} candles`;
  const against = async (what: string, strategy: StrategyClass) =>
    await compare(
      { what, floor, unit: "ms" },
      RUNS,
      async () => (await timed(strategy, market)).ms,
      () => plain(market),
    );
  const perSecond = async (what: string, strategy: StrategyClass, promise: number) =>
    await compare(
      { what, floor: "promised", unit: "orders/s" },
      3,
      async () => {
        const { ms, record } = await timed(strategy, small);
        return (record.fills.length * 1000) / ms;
      },
      () => promise,
    );
  const { record } = await timed(Crossing, market);
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  await timed(Crossing, market);
  const bytes = (process.memoryUsage.rss() - before) / CANDLES;
  return [
    await against(`SMA cross, ${record.fills.length} trades`, Crossing),
    await against("a strategy that does nothing", Nothing),
    await against("10 indicators over windows", Indicators),
    await perSecond("orders through this.trade", Trader, 300_000),
    await perSecond("orders through this.exchange", SdkTrader, 20_000),
    {
      what: "memory of a run, beside its candles",
      floor: "promised",
      unit: "bytes/candle",
      ours: bytes,
      theirs: 200,
      spreadRatio: 0,
    },
  ];
}
