/** A candle that is skipped because it is harmless would have changed nothing: held against the full walk. */
import { expect, test } from "bun:test";
import { type Candle, type Feed, Strategy } from "kumbh";
import { bandOf, EVERY_PRICE } from "#runner/backtest/bands.ts";
import { Holdings } from "#runner/backtest/holdings.ts";
import { assert } from "#shared/assert.ts";
import { seededRandom } from "#shared/random.ts";
import { type Bar, backtest, type Market } from "#test/support/backtest.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2025, 0, 1);
const BARS = 400;
const COINS = ["BTC", "ETH"];

/** A wild market: several per cent a minute, so that what is highly leveraged is liquidated. */
function wild(seed: number): Market {
  const random = seededRandom(seed);
  const barsFrom = (first: number): Bar[] => {
    let last = first;
    return Array.from({ length: BARS }, (_, index) => {
      const open = Math.round(last * (1 + (random() - 0.5) * 0.01));
      const close = Math.round(open * (1 + (random() - 0.5) * 0.03));
      last = close;
      return {
        openTime: START_MS + index * MINUTE_MS,
        open,
        high: Math.round(Math.max(open, close) * (1 + random() * 0.02)),
        low: Math.round(Math.min(open, close) * (1 - random() * 0.02)),
        close,
      };
    });
  };
  return {
    series: COINS.map((coin) => ({ coin, timeframe: "1m", bars: barsFrom(50_000) })),
  };
}

/** Now and then turns to the other side, with as much as half of what it may; sometimes isolated. */
function gambler(seed: number) {
  return class Gambler extends Strategy {
    static readonly meta = { name: "gambler", version: "1.0.0" };
    readonly #random = seededRandom(seed);

    feeds(): Feed[] {
      return COINS.map((coin) => ({ coin, timeframe: "1m" }));
    }

    async onCandle({ coin, close }: Candle): Promise<void> {
      if (this.#random() > 0.1) return;
      const leverage = 5 + Math.floor(this.#random() * 30);
      await this.trade.setLeverage({ coin, leverage, isolated: this.#random() < 0.3 });
      const size = (10_000 * (0.2 + this.#random() * 8)) / close;
      await this.trade.market({ coin, side: this.#random() < 0.5 ? "buy" : "sell", size });
    }
  };
}

/** Runs with bands that bear no price at all: every candle is walked. */
async function walkingAll<T>(run: () => Promise<T>): Promise<T> {
  const kept = Object.getOwnPropertyDescriptors(Holdings.prototype).look;
  const look = kept.value;
  assert(look !== undefined, "it is a method");
  const none = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  Holdings.prototype.look = function lookWithoutBands(this: Holdings) {
    const held = look.call(this);
    for (const tape of held) tape.band = none;
    return held;
  };
  try {
    return await run();
  } finally {
    Object.defineProperty(Holdings.prototype, "look", kept);
  }
}

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

test("skipping what is harmless gives what the full walk gives, liquidations and all", async () => {
  let liquidated = 0;
  for (const seed of SEEDS) {
    const run = async () =>
      (await backtest({ strategy: gambler(seed), market: wild(seed) })).record;
    const [skipping, walking] = [await run(), await walkingAll(run)];
    expect({ seed, fills: skipping.fills }).toEqual({ seed, fills: walking.fills });
    expect({ seed, equity: skipping.equity }).toEqual({ seed, equity: walking.equity });
    liquidated += skipping.fills.filter(({ clientOrderId }) => clientOrderId === null).length;
  }
  // Nobody has asked for these: without them the test would prove nothing.
  expect(liquidated).toBeGreaterThan(5);
});

test("within its band a position keeps its maintenance margin, beyond it may not", () => {
  const random = seededRandom(3);
  for (let round = 0; round < 1000; round++) {
    const size = (random() - 0.5) * 10;
    const mark = 1 + random() * 1000;
    const rate = 0.01 + random() * 0.1;
    const mayLose = random() * 1000;
    const spareAt = (price: number): number =>
      mayLose + size * (price - mark) - Math.abs(size) * (price - mark) * rate;
    const { low, high } = bandOf({ size, mark, rate }, mayLose);
    const edge = size > 0 ? low : high;
    expect({ round, isBorne: spareAt(edge) >= 0 }).toEqual({ round, isBorne: true });
    expect(Number.isFinite(size > 0 ? high : low)).toBeFalse();
  }
  expect(EVERY_PRICE.low < 0 && EVERY_PRICE.high > 1e300).toBeTrue();
});
