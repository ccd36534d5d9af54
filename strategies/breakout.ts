/**
 * Two timeframes: the longer one says whether the trend is up, the shorter one when to enter. Buys when
 * a close breaks above the highest high of the candles before, sells when one breaks below the lowest low.
 */
import {
  type Candle,
  compare,
  type Feed,
  mean,
  type Status,
  Strategy,
  TIMEFRAME_MS,
  Timeframe,
  z,
} from "kumbh";

const Params = z
  .object({
    coin: z.string().default("ETH").describe("perp to trade"),
    trend: Timeframe.default("4h").describe("the longer timeframe"),
    entry: Timeframe.default("15m").describe("the shorter timeframe"),
    average: z.int().min(2).default(20).describe("candles of the trend's average"),
    channel: z.int().min(2).default(20).describe("candles that a breakout must beat"),
    notional: z.number().min(10).default(1000).describe("USDC a position"),
  })
  .refine(({ trend, entry }) => TIMEFRAME_MS[trend] > TIMEFRAME_MS[entry], {
    path: ["trend"],
    error: "must be longer than entry",
  });

const Held = z.object({ size: z.number() });

export default class Breakout extends Strategy<typeof Params> {
  static readonly meta = {
    name: "breakout",
    version: "1.0.0",
    description: "Buys breakouts in an upward trend, sells breakdowns",
  };
  static readonly params = Params;

  #size = 0;
  #isUp = false;
  #channel = { high: Number.NaN, low: Number.NaN };

  feeds(): Feed[] {
    const { coin, trend, entry, average, channel } = this.params;
    return [
      { coin, timeframe: trend, warmup: average },
      { coin, timeframe: entry, warmup: channel + 1 },
    ];
  }

  override onStart(): void {
    this.db.run("CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, size REAL NOT NULL)");
    this.db.run("INSERT OR IGNORE INTO held VALUES (1, 0)");
    this.#size = Held.parse(this.db.query("SELECT size FROM held").get()).size;
  }

  async onCandle(candle: Candle): Promise<void> {
    const { coin, trend, entry, average, channel } = this.params;
    // Candles that close together come the longest first, and every window is up to date before the
    // first of them: here the trend is never one candle behind.
    if (candle.timeframe !== entry) return;
    const trendCloses = this.candles(coin, trend).closes(average);
    const window = this.candles(coin, entry);
    if (trendCloses.length < average || window.length <= channel) return;
    this.#isUp = compare(trendCloses.at(-1) ?? Number.NaN, mean(trendCloses)) > 0;
    // The channel ends before this candle, which is to break it.
    const high = Math.max(...window.highs(channel + 1).subarray(0, channel));
    const low = Math.min(...window.lows(channel + 1).subarray(0, channel));
    this.#channel = { high, low };
    if (this.#size === 0 && this.#isUp && candle.close > high) await this.#buy(candle);
    else if (this.#size > 0 && candle.close < low) await this.#sell(candle);
  }

  async #buy({ coin, close }: Candle): Promise<void> {
    const size = this.params.notional / close;
    const order = await this.trade.market({ coin, side: "buy", size });
    if (order.kind === "filled") this.#remember(order.size);
    else this.log.warn(`not bought: ${Bun.inspect(order)}`);
  }

  async #sell({ coin, close }: Candle): Promise<void> {
    const size = this.#size;
    const order = await this.trade.market({ coin, side: "sell", size, reduceOnly: true });
    if (order.kind !== "filled") return this.log.warn(`not sold: ${Bun.inspect(order)}`);
    // What is worth less than a cent is a rest of float arithmetic, not of the position.
    const left = size - order.size;
    this.#remember(left * close < 0.01 ? 0 : left);
  }

  #remember(size: number): void {
    this.db.query("UPDATE held SET size = ?").run(size);
    this.#size = size;
    this.log.info(size === 0 ? "flat" : "long", { size });
  }

  override status(): Status {
    const { high, low } = this.#channel;
    return {
      headline: this.#size === 0 ? "flat" : `long ${this.#size} ${this.params.coin}`,
      fields: {
        trend: this.#isUp ? "up" : "not up",
        "buys above": Number.isNaN(high) ? null : high,
        "sells below": Number.isNaN(low) ? null : low,
      },
    };
  }
}
