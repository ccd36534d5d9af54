/** The fast path of a run gives, bit by bit, what the general path gives. */
import { expect, test } from "bun:test";
import { type Candle, type Feed, type Fill, type Gap, mean, Strategy, z } from "kumbh";
import type { RunRecord } from "#runner/backtest/record.ts";
import { SimulatedTimers } from "#runner/backtest/timers.ts";
import { seededRandom } from "#shared/random.ts";
import { type Bar, backtest, type Market } from "#test/support/backtest.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 0, 1);
const CANDLES = 600;
const SEEDS = 60;
const CAPITAL = 1000;

/** Mostly watches; trades, rests orders, takes other feeds and sets timers now and then. */
class Seldom extends Strategy<typeof Seldom.params> {
  static readonly meta = { name: "seldom", version: "1.0.0" };
  static readonly params = z.object({
    seed: z.int(),
    size: z.number(),
    timeframe: z.enum(["1m", "5m"]),
  });
  readonly #random = seededRandom(this.params.seed);

  feeds(): Feed[] {
    return [{ coin: "BTC", timeframe: this.params.timeframe, warmup: 5 }];
  }

  onCandle(candle: Candle): Promise<void> | void {
    const { coin, timeframe, closeTime } = candle;
    const window = this.candles("BTC", this.params.timeframe);
    this.log.info("candle", {
      closeTime,
      timeframe,
      mean: mean(window.closes(7)),
      now: this.now(),
    });
    const chance = this.#random();
    if (chance < 0.85) return;
    if (chance > 0.9995) throw new Error("enough");
    // Nobody waits for these.
    if (chance > 0.98) return void this.trade.market({ coin, side: "buy", size: this.params.size });
    if (chance > 0.97) return void this.#turnFeed();
    return this.#act(coin, candle.close);
  }

  override onGap({ fromMs, toMs }: Gap): void {
    this.log.info("gap", { fromMs, toMs });
  }

  async #act(coin: string, close: number): Promise<void> {
    const side = this.#random() < 0.5 ? "buy" : "sell";
    const { size } = this.params;
    const price = close * (1 + (this.#random() - 0.5) * 0.01);
    const act = Math.floor(this.#random() * 8);
    if (act <= 2) await this.trade.market({ coin, side, size });
    if (act === 3) await this.trade.limit({ coin, side, size, price });
    if (act === 4) await this.trade.stop({ coin, side, size, trigger: price });
    if (act === 5) await this.trade.cancelAll();
    if (act === 6) await this.trade.close({ coin });
    if (act === 7) await this.#turnFeed();
  }

  /** For some candles there are two feeds. */
  async #turnFeed(): Promise<void> {
    const feed = { coin: "BTC", timeframe: this.params.timeframe === "5m" ? "1m" : "5m" } as const;
    if (this.#random() < 0.5) await this.subscribe(feed);
    else await this.unsubscribe(feed);
  }
}

/** Hears of its fills besides. */
class Hearing extends Seldom {
  override onFill({ price, size }: Fill): void {
    this.log.info("fill", { price, size });
  }
}

function walk(seed: number, lengthMs: number): Bar[] {
  const random = seededRandom(seed);
  // Every third market is so wild that those in it lose more than they have.
  const range = seed % 3 === 0 ? 0.3 : 0.02;
  let last = 100;
  return Array.from({ length: (CANDLES * MINUTE_MS) / lengthMs }, (_, index): Bar => {
    const open = last;
    last = Math.max(1, Math.round(open * (1 + (random() - 0.5) * range) * 100) / 100);
    const high = Math.max(open, last) + Math.round(random() * 20) / 100;
    const low = Math.min(open, last) - Math.round(random() * 20) / 100;
    return { openTime: START + index * lengthMs, open, high, low, close: last };
  });
}

function marketOf(seed: number): Market {
  const random = seededRandom(seed + 1);
  const bars = walk(seed, MINUTE_MS).filter(() => random() > 0.002);
  const hours = Array.from({ length: (CANDLES * MINUTE_MS) / HOUR_MS }, (_, hour) => ({
    timeMs: START + hour * HOUR_MS,
    rate: (random() - 0.5) * 0.001,
  }));
  return {
    series: [
      { coin: "BTC", timeframe: "1m", bars },
      { coin: "BTC", timeframe: "5m", bars: walk(seed, 5 * MINUTE_MS) },
    ],
    funding: [{ coin: "BTC", hours }],
    instrument: { sizeDecimals: 2 },
    fromMs: START + (seed % 2) * 10 * MINUTE_MS,
  };
}

interface Ended {
  readonly logged: readonly string[];
  readonly error?: string;
  readonly record?: Omit<RunRecord, "tookMs">;
}

/** A timer that will never be due keeps a run on the general path. */
const never = () => {
  const timers = new SimulatedTimers(() => 0);
  timers.set(Number.MAX_SAFE_INTEGER, () => undefined);
  return timers;
};

async function runOf(seed: number, timers?: SimulatedTimers): Promise<Ended> {
  try {
    const { record, logged } = await backtest({
      strategy: seed % 4 < 2 ? Seldom : Hearing,
      market: marketOf(seed),
      params: {
        seed,
        size: seed % 3 === 0 ? 150 : 1,
        timeframe: seed % 5 === 0 ? "5m" : "1m",
      },
      settings: { capital: CAPITAL, slippageBps: 2 },
      ...(timers === undefined ? {} : { timers }),
    });
    const { tookMs, ...rest } = record;
    expect(tookMs).toBeGreaterThan(0);
    return { logged, record: rest };
  } catch (error) {
    return { logged: [], error: String(error) };
  }
}

test("candles in which nothing can happen close as they would on the general path", async () => {
  const seen = { fills: 0, liquidated: 0, fundings: 0, threw: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const [fast, general] = [await runOf(seed), await runOf(seed, never())];
    expect(fast, `seed ${seed}`).toEqual(general);
    seen.fills += fast.record?.fills.length ?? 0;
    seen.fundings += fast.record?.fundings.length ?? 0;
    if ((fast.record?.equity.at(-1) ?? CAPITAL) < CAPITAL / 20) seen.liquidated += 1;
    if (fast.error !== undefined) seen.threw += 1;
  }
  // The worlds are rich enough to tell the two apart.
  expect(seen.fills).toBeGreaterThan(500);
  expect(seen.fundings).toBeGreaterThan(50);
  expect(seen.liquidated).toBeGreaterThan(0);
  expect(seen.threw).toBeGreaterThan(0);
});
