/** Nothing of the future reaches a decision, and the same run gives the same result. */
import { describe, expect, test } from "bun:test";
import { type Candle, type Feed, Strategy, z } from "kumbh";
import type { RunRecord } from "#runner/backtest/record.ts";
import type { StrategyClass } from "#runner/load.ts";
import { seededRandom } from "#shared/random.ts";
import { type Bar, backtest, type Market } from "#test/support/backtest.ts";
import breakout from "../../strategies/breakout.ts";
import grid from "../../strategies/grid.ts";
import hold from "../../strategies/hold.ts";
import smaCross from "../../strategies/sma-cross.ts";

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 1);

/** Does anything at random, by what it has seen. */
class Erratic extends Strategy<typeof Erratic.params> {
  static readonly meta = { name: "erratic", version: "1.0.0" };
  static readonly params = z.object({ seed: z.int() });
  readonly #random = seededRandom(this.params.seed);

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: "1h", warmup: 5 }];
  }

  async onCandle({ coin, close }: Candle): Promise<void> {
    const side = this.#random() < 0.5 ? "buy" : "sell";
    const size = Math.ceil(this.#random() * 50) / 10;
    const price = close * (1 + (this.#random() - 0.5) * 0.02);
    const act = Math.floor(this.#random() * 7);
    if (act === 0) await this.trade.market({ coin, side, size });
    if (act === 1) await this.trade.limit({ coin, side, size, price });
    if (act === 2) await this.trade.stop({ coin, side, size, trigger: price });
    if (act === 3) await this.trade.takeProfit({ coin, side, size, trigger: price });
    if (act === 4) await this.trade.cancelAll();
    if (act === 5) await this.trade.close({ coin });
  }
}

const tick = (value: number): number => Math.round(value * 100) / 100;

function randomBars(count: number, seed: number): Bar[] {
  const random = seededRandom(seed);
  let last = 100;
  return Array.from({ length: count }, (_, index) => {
    const open = tick(last * (1 + (random() - 0.5) * 0.002));
    const close = tick(open * (1 + (random() - 0.5) * 0.03));
    last = close;
    const high = tick(Math.max(open, close) * (1 + random() * 0.01));
    const low = tick(Math.min(open, close) * (1 - random() * 0.01));
    return { openTime: START + index * HOUR_MS, open, high, low, close };
  });
}

const STRATEGIES: readonly (readonly [string, StrategyClass, Record<string, unknown>])[] = [
  ["sma-cross", smaCross, {}],
  ["breakout", breakout, { coin: "BTC", trend: "4h", entry: "1h", average: 5, channel: 5 }],
  ["grid", grid, { coin: "BTC", timeframe: "1h" }],
  ["hold", hold, { coin: "BTC", timeframe: "1h" }],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(
    (seed) => [`erratic by seed ${seed}`, Erratic, { seed }] as const,
  ),
];

/** What was known of a fill when it happened. */
const asKnown = (fill: RunRecord["fills"][number]) => ({ ...fill, priceOneCandleLater: null });

/** Longer candles, as far as they are whole. */
function joined(bars: readonly Bar[], hours: number): Bar[] {
  const groups = Map.groupBy(bars, ({ openTime }) => Math.floor(openTime / (hours * HOUR_MS)));
  return [...groups].flatMap(([index, group]) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined || group.length < hours) return [];
    const high = Math.max(...group.map((bar) => bar.high));
    const low = Math.min(...group.map((bar) => bar.low));
    const openTime = index * hours * HOUR_MS;
    return [{ openTime, open: first.open, high, low, close: last.close }];
  });
}

describe("a run", () => {
  const COUNT = 300;
  const run = async (strategy: StrategyClass, params: object, until: number) => {
    const bars = randomBars(COUNT, 11);
    const fromMs = START + 60 * HOUR_MS;
    const part = bars.slice(0, until);
    const market: Market = {
      series: [
        { coin: "BTC", timeframe: "1h", bars: part },
        { coin: "BTC", timeframe: "4h", bars: joined(part, 4) },
      ],
      instrument: { sizeDecimals: 2 },
      fromMs,
      toMs: START + until * HOUR_MS,
    };
    const ran = await backtest({
      strategy,
      market,
      params: { ...params },
      settings: { funding: false },
    });
    return ran.record;
  };

  test.each(STRATEGIES)(
    "of %s on a prefix gives the prefix of its fills and equity",
    async (...row) => {
      const [, strategy, params] = row;
      const whole = await run(strategy, params, COUNT);
      for (const until of [100, 171, 250]) {
        const part = await run(strategy, params, until);
        const endMs = START + until * HOUR_MS;
        // Orders of the last close find nobody: what they would have met lies beyond.
        const expected = whole.fills.filter(({ timeMs }) => timeMs < endMs);
        expect(part.fills.map(asKnown)).toEqual(expected.map(asKnown));
        expect(part.equity).toEqual(whole.equity.slice(0, part.equity.length));
      }
    },
  );

  test.each(STRATEGIES)("of %s gives the same every time", async (...row) => {
    const [, strategy, params] = row;
    const hash = async (): Promise<string> => {
      const { tookMs: _, ...record } = await run(strategy, params, COUNT);
      return new Bun.CryptoHasher("sha256").update(Bun.inspect(record, { depth: 9 })).digest("hex");
    };
    const hashes = new Set<string>();
    for (let time = 0; time < 20; time++) hashes.add(await hash());
    expect(hashes.size).toBe(1);
  });
});
