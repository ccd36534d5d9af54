/** The smallest strategy that trades: buys once, and holds. A yardstick for the others. */
import { type Candle, type Feed, type Status, Strategy, Timeframe, z } from "kumbh";

const Params = z.object({
  coin: z.string().default("BTC").describe("perp to hold"),
  timeframe: Timeframe.default("1h").describe("the first candle of it buys"),
  notional: z.number().min(10).default(100).describe("USDC to buy for"),
});

/** A row of our table. What comes out of a database is checked like everything from outside. */
const Position = z.object({ size: z.number(), price: z.number() }).nullable();

export default class Hold extends Strategy<typeof Params> {
  static readonly meta = {
    name: "hold",
    version: "1.0.0",
    description: "Buys once and holds",
  };
  static readonly params = Params;

  #position: z.infer<typeof Position> = null;
  #lastPrice = Number.NaN;

  feeds(): Feed[] {
    return [{ coin: this.params.coin, timeframe: this.params.timeframe }];
  }

  // `this.db` outlives a restart: without it, each start would buy again.
  override onStart(): void {
    this.db.run("CREATE TABLE IF NOT EXISTS position (size REAL NOT NULL, price REAL NOT NULL)");
    this.#position = Position.parse(this.db.query("SELECT size, price FROM position").get());
  }

  async onCandle({ coin, close }: Candle): Promise<void> {
    this.#lastPrice = close;
    if (this.#position !== null) return;
    const bought = await this.trade.market({
      coin,
      side: "buy",
      size: this.params.notional / close,
    });
    // The exchange may say no: too small, not enough margin, nobody sells. The next candle tries again.
    if (bought.kind !== "filled") return this.log.warn(`not bought: ${Bun.inspect(bought)}`);
    const { size, price } = bought;
    this.db.query("INSERT INTO position VALUES (?, ?)").run(size, price);
    this.#position = { size, price };
    this.log.info("bought", { size, price });
  }

  override status(): Status {
    const { coin } = this.params;
    if (this.#position === null) return { headline: `waits for a candle of ${coin}` };
    const { size, price } = this.#position;
    const profit = Number.isNaN(this.#lastPrice) ? null : size * (this.#lastPrice - price);
    return { headline: `holds ${size} ${coin}`, fields: { entry: price, profit } };
  }
}
