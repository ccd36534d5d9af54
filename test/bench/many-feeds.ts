/** Many feeds at once: what it costs the manager to take them, and then a frame of one of them. */
import { candleOf, coinsOf, cpuUsSince, framesCost, openStage } from "#test/bench/fleet.ts";
import {
  growth,
  type Measurement,
  measured,
  perCallUs,
  promisedRatio,
  type Size,
} from "#test/bench/measure.ts";
import { fastClock } from "#test/support/fast-clock.ts";
import { untilTrue } from "#test/support/until.ts";

/** How fast time passes for the market: its pacing is not what is measured. */
const SPEED = 20;
/** The exchange allows 1000 subscriptions, of which one is kept for the fills. */
const FEED_COUNTS = [1, 10, 100, 500, 999];
/** No strategy has more than 200; what is measured is the feeds, not how a strategy waits for them together. */
const FEEDS_A_TAKER = 50;
const FRAMES = 20_000;

/** What it costs to take so many feeds at once, and then a frame of one of them. */
export async function benchManyFeeds(): Promise<Measurement[]> {
  const [taking, frames]: [Size[], Size[]] = [[], []];
  for (const count of FEED_COUNTS) {
    const clock = fastClock(SPEED, Date.UTC(2026, 0, 1, 12, 0, 1));
    const coins = coinsOf(count);
    await using stage = openStage(coins, clock);
    const cpu = process.cpuUsage();
    for (let first = 0; first < count; first += FEEDS_A_TAKER) {
      const taken = coins.slice(first, first + FEEDS_A_TAKER);
      stage.market.attach({
        feeds: taken.map((coin) => ({ coin, timeframe: "1m", warmup: 1 })),
        handledUntil: new Map(),
        wantsForming: false,
        taker: { candles: () => undefined, forming: () => undefined, gap: () => undefined },
      });
    }
    await untilTrue(
      `${count} subscriptions`,
      () => stage.exchange.messages.filter((one) => one.startsWith("subscribe")).length >= count,
      60_000,
    );
    const candles = coins.map((coin) => candleOf(coin, 0));
    taking.push({ size: count, cost: cpuUsSince(cpu) });
    frames.push({ size: FRAMES, cost: await framesCost(stage, candles, FRAMES) });
  }
  const [few] = frames;
  const perFrame = frames
    .map(({ cost, size }, index) => ({ us: cost / size, feeds: FEED_COUNTS[index] ?? 0 }))
    .slice(1)
    .map(({ us, feeds }) =>
      promisedRatio(
        measured(
          {
            what: `a frame of an open candle, ${feeds} feeds: sent, read, taken`,
            floor: `${FEED_COUNTS[0]} feeds`,
            unit: "µs",
          },
          [us],
          few === undefined ? [] : [few.cost / few.size],
        ),
        1.5,
      ),
    );
  const text = JSON.stringify(candleOf("BTC", 0));
  const parsed = perCallUs(FRAMES, () => void JSON.parse(text));
  const thousand = measured(
    { what: "CPU for 1000 frames of an open candle", floor: "1000 JSON.parse", unit: "ms" },
    few === undefined ? [] : [few.cost / few.size],
    [parsed],
  );
  return [...growth("CPU to subscribe at once", "µs", taking), thousand, ...perFrame];
}
