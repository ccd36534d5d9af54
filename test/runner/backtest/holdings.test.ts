/**
 * Candles in which nothing can happen to the account are passed without a look inside. A far order has each of
 * them looked into: the account must fare the same by either way.
 */
import { expect, test } from "bun:test";
import { type Candle, type Feed, Strategy, z } from "kumbh";
import { seededRandom } from "#shared/random.ts";
import { type Bar, backtest } from "#test/support/backtest.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 1);
const COINS = ["BTC", "ETH"];
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

/** A walk of some percent an hour: leveraged accounts do not live long in it. */
function barsOf(seed: number): Bar[] {
  const random = seededRandom(seed);
  let price = 100;
  return Array.from({ length: 150 }, (_, index) => {
    const open = price;
    const close = open * (1 + (random() - 0.5) * 0.05);
    price = close;
    const high = Math.max(open, close) * (1 + random() * 0.01);
    const low = Math.min(open, close) * (1 - random() * 0.01);
    return { openTime: START + index * HOUR_MS, open, high, low, close };
  });
}

/** Opens and closes at random, of two coins, cross or isolated, with much leverage. */
class Gambler extends Strategy<typeof Gambler.params> {
  static readonly meta = { name: "gambler", version: "1.0.0" };
  static readonly params = z.object({ seed: z.int(), watches: z.boolean() });
  readonly #random = seededRandom(this.params.seed);

  feeds(): Feed[] {
    return COINS.map((coin) => ({ coin, timeframe: "1h" }));
  }

  async onCandle({ coin, close }: Candle): Promise<void> {
    const [what, way] = [this.#random(), this.#random()];
    if (this.params.watches) {
      // Never met, and of next to no margin.
      const price = Math.round(close) / 10;
      await this.trade.cancelAll({ coin });
      await this.trade.limit({ coin, side: "buy", size: 12 / price, price });
    }
    if (what < 0.05) {
      await this.trade.setLeverage({ coin, leverage: 20, isolated: way < 0.5 });
    } else if (what < 0.15) {
      const side = way < 0.5 ? "buy" : "sell";
      await this.trade.market({ coin, side, size: 20_000 / close });
    } else if (what < 0.18) {
      await this.trade.close({ coin });
    }
  }
}

const fared = async (seed: number, watches: boolean) => {
  const series = COINS.map((coin, index) => ({
    coin,
    timeframe: "1h" as const,
    bars: barsOf(100 * seed + index),
  }));
  const { record } = await backtest({
    strategy: Gambler,
    market: { series, instrument: { sizeDecimals: 4 } },
    params: { seed, watches },
    settings: { capital: 3000 },
  });
  const fills = record.fills.map(({ coin, side, price, size, timeMs, fee, clientOrderId }) => {
    // What the exchange sells by itself is nobody's order.
    return { coin, side, price, size, timeMs, fee, byExchange: clientOrderId === null };
  });
  return { fills, equity: [...record.equity] };
};

test("what is passed unseen is what would have changed nothing", async () => {
  let liquidated = 0;
  for (const seed of SEEDS) {
    const [unseen, seen] = [await fared(seed, false), await fared(seed, true)];
    expect({ seed, ...unseen }).toEqual({ seed, ...seen });
    if (unseen.fills.some(({ byExchange }) => byExchange)) liquidated += 1;
  }
  expect(liquidated).toBeGreaterThan(3);
});
