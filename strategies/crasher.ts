/**
 * Fails on purpose. Shows what a bug costs: this run ends, the engine keeps the error with its line
 * (`kumbh show crasher`), starts the next run, and what was written to `this.db` is still there.
 */
import { type Candle, type Feed, type Status, Strategy, Timeframe, z } from "kumbh";

const Params = z.object({
  coin: z.string().default("BTC").describe("perp to watch"),
  timeframe: Timeframe.default("1m"),
  every: z.int().min(2).default(10).describe("candles from one failure to the next"),
});

export default class Crasher extends Strategy<typeof Params> {
  static readonly meta = {
    name: "crasher",
    version: "1.0.0",
    description: "Fails on purpose every few candles, and goes on where it was",
  };
  static readonly params = Params;

  feeds(): Feed[] {
    return [{ coin: this.params.coin, timeframe: this.params.timeframe }];
  }

  override onStart(): void {
    this.db.run("CREATE TABLE IF NOT EXISTS seen (close_time INTEGER PRIMARY KEY) STRICT");
  }

  onCandle(candle: Candle): void {
    // Written before the failure, so that the next run does not fail on the same candle again.
    this.db.query("INSERT OR IGNORE INTO seen VALUES (?)").run(candle.closeTime);
    const seen = this.#seen();
    if (seen % this.params.every === 0) throw new Error(`candle ${seen}: this is the bug`);
  }

  override status(): Status {
    const seen = this.#seen();
    const left = this.params.every - (seen % this.params.every);
    const headline = left === 1 ? "fails at the next candle" : `fails in ${left} candles`;
    return { headline, fields: { "candles seen in all runs": seen } };
  }

  #seen(): number {
    const Row = z.object({ count: z.int() });
    return Row.parse(this.db.query("SELECT count(*) AS count FROM seen").get()).count;
  }
}
