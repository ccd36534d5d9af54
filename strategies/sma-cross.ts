/**
 * Two moving averages of the closes. While the fast one is above the slow one the trend is up and the
 * strategy is long; below, it is flat.
 */
import { type Candle, compare, type Feed, mean, type Status, Strategy, Timeframe, z } from "kumbh";

// One definition: `--fast 12` on the command line, `params` in ecosystem.toml, the type of `this.params`.
const Params = z
  .object({
    coin: z.string().default("BTC").describe("perp to trade"),
    timeframe: Timeframe.default("1h"),
    fast: z.int().min(2).default(10).describe("candles in the fast average"),
    slow: z.int().min(3).default(30).describe("candles in the slow average"),
    notional: z.number().min(10).default(1000).describe("USDC a position"),
  })
  .refine(({ fast, slow }) => fast < slow, { path: ["fast"], error: "must be less than slow" });

const Position = z.object({ size: z.number(), price: z.number() });
type Position = z.infer<typeof Position>;

export default class SmaCross extends Strategy<typeof Params> {
  static readonly meta = {
    name: "sma-cross",
    version: "1.0.0",
    description: "Long while the fast average is above the slow one, else flat",
  };
  static readonly params = Params;

  #position: Position | null = null;
  #fast = Number.NaN;
  #slow = Number.NaN;

  // The warm-up fills the window, so that the first live candle can already decide.
  feeds(): Feed[] {
    const { coin, timeframe, slow } = this.params;
    return [{ coin, timeframe, warmup: slow }];
  }

  override onStart(): void {
    this.db.run("CREATE TABLE IF NOT EXISTS position (size REAL NOT NULL, price REAL NOT NULL)");
    const row = this.db.query("SELECT size, price FROM position").get();
    this.#position = Position.nullable().parse(row);
  }

  async onCandle({ coin, timeframe, close }: Candle): Promise<void> {
    const { fast, slow, notional } = this.params;
    const window = this.candles(coin, timeframe);
    if (window.length < slow) return;
    this.#fast = mean(window.closes(fast));
    this.#slow = mean(window.closes(slow));
    // `compare` takes averages that differ in their last digits for level: a tie is no crossing.
    const trend = compare(this.#fast, this.#slow);
    if (trend > 0 && this.#position === null) await this.#buy(coin, notional / close);
    if (trend < 0 && this.#position !== null) await this.#sell(coin, this.#position);
  }

  async #buy(coin: string, size: number): Promise<void> {
    const order = await this.trade.market({ coin, side: "buy", size });
    if (order.kind !== "filled") return this.log.warn(`not bought: ${Bun.inspect(order)}`);
    this.#remember({ size: order.size, price: order.price });
    this.log.info("bought", { size: order.size, price: order.price });
  }

  async #sell(coin: string, { size, price }: Position): Promise<void> {
    // Reduce-only: whatever else happens in the account, this order never opens a short.
    const order = await this.trade.market({ coin, side: "sell", size, reduceOnly: true });
    if (order.kind !== "filled") return this.log.warn(`not sold: ${Bun.inspect(order)}`);
    // A thin book may take only a part of it; the next candle sells the rest. What is worth less than a
    // cent is a rest of float arithmetic.
    const left = size - order.size;
    this.#remember(left * order.price < 0.01 ? null : { size: left, price });
    this.log.info("sold", { size: order.size, price: order.price });
  }

  /** On disk first: a restart must not forget what is held. */
  #remember(position: Position | null): void {
    this.db.transaction(() => {
      this.db.run("DELETE FROM position");
      if (position === null) return;
      this.db.query("INSERT INTO position VALUES (?, ?)").run(position.size, position.price);
    })();
    this.#position = position;
  }

  override status(): Status {
    const { coin } = this.params;
    const held = this.#position;
    return {
      headline: held === null ? `flat in ${coin}` : `long ${held.size} ${coin}`,
      fields: {
        entry: held?.price ?? null,
        "fast average": Number.isNaN(this.#fast) ? null : this.#fast,
        "slow average": Number.isNaN(this.#slow) ? null : this.#slow,
      },
    };
  }
}
