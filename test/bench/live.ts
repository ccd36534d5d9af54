/** From the frame at the manager's socket to `onCandle`, and what it costs the manager. */
import { z } from "zod";
import type { Candle } from "#shared/candle.ts";
import { bareChild } from "#test/bench/bare.ts";
import {
  candleOf,
  coinsOf,
  openStage,
  type Stage,
  SteppedClock,
  startRuns,
} from "#test/bench/fleet.ts";
import { noteFrames } from "#test/bench/heard.ts";
import {
  growth,
  type Measurement,
  measured,
  promisedMax,
  promisedRatio,
  quantile,
  type Size,
} from "#test/bench/measure.ts";
import { fastClock } from "#test/support/fast-clock.ts";
import { until, untilTrue } from "#test/support/until.ts";

const FLEETS = [1, 10, 50, 100, 200];
const FEEDS = [1, 20];
const CANDLES = 60;
const WARM_FRAMES = 5000;
const WARM_CANDLES = 40;
/** Time between two candles, in ms: long enough for the slowest to have come. */
const PACE_MS = 25;
const P99_MS_MAX = 25;
/** With so many strategies the promise on p99 was made. */
const P99_FLEET = 100;
/** How fast time passes for the market that takes many feeds: its pacing is not what is measured. */
const SPEED = 20;
/** The exchange allows 1000 subscriptions, of which one is kept for the fills. */
const FEED_COUNTS = [1, 10, 100, 999];
/** No strategy has more than 200; what is measured is the feeds, not how a strategy waits for them together. */
const FEEDS_A_TAKER = 50;
const FRAMES = 20_000;

/** What `test/fixtures/strategies/stopwatch.ts` says of itself. */
const Arrivals = z.object({
  tables: z.array(z.object({ rows: z.array(z.tuple([z.number(), z.number()])) })),
});

const nowMs = (): number => performance.timeOrigin + performance.now();

interface Lags {
  readonly lagsUs: number[];
  readonly cpuUs: number;
}

export async function benchLive(): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  for (const feeds of FEEDS) {
    const sizes: Size[] = [];
    for (const count of FLEETS.filter((fleet) => fleet >= feeds)) {
      const floor = await bareLags();
      const { lagsUs, cpuUs } = await fleetLags(count, feeds);
      const what = `frame to onCandle, ${count} on ${feeds} feed${feeds === 1 ? "" : "s"}`;
      rows.push(...lagRows(what, lagsUs, floor, count));
      sizes.push({ size: count, cost: cpuUs / CANDLES });
    }
    const of = `on ${feeds} feed${feeds === 1 ? "" : "s"}`;
    rows.push(...growth(`manager's CPU for one delivery, strategies ${of}`, "µs", sizes));
  }
  return [...rows, ...(await benchFeeds())];
}

function lagRows(
  what: string,
  lagsUs: readonly number[],
  floor: readonly number[],
  count: number,
): Measurement[] {
  const at = (name: string, share: number) =>
    measured(
      { what: `${what}, ${name}`, floor: `bare IPC, ${name}`, unit: "µs" },
      [quantile(lagsUs, share)],
      [quantile(floor, share)],
    );
  const [p50, p99] = [at("p50", 0.5), at("p99", 0.99)];
  return [
    count === 1 ? promisedRatio(p50, 2) : p50,
    count === P99_FLEET ? promisedMax(p99, P99_MS_MAX * 1000) : p99,
    at("max", 1),
  ];
}

/** Lags of every delivery of `CANDLES` candles of each feed, when all is warm. */
async function fleetLags(count: number, feeds: number): Promise<Lags> {
  const clock = new SteppedClock();
  const coins = coinsOf(feeds);
  using heard = noteFrames();
  await using stage = openStage(coins, clock);
  using fleet = await startRuns(stage, { count, coins, clock });
  const { runs } = fleet;
  await untilTrue("all feeds are live", () =>
    runs.every((run) => run.feeds().every(({ state }) => state === "live")),
  );
  await warmUp(stage, clock, coins);
  await Promise.all(runs.map(async (run) => await run.status()));
  const cpu = process.cpuUsage();
  for (let index = 0; index < CANDLES; index++) await pass(stage, clock, coins);
  const { user, system } = process.cpuUsage(cpu);
  const lagsUs = await Promise.all(
    runs.map(async (run, index) => {
      const arrivals = await arrivalsOf(run);
      return arrivals.map(([closeTime, atMs]) => {
        // The frame of the next candle closes this one.
        const heardMs = heard.of(coins[index % feeds] ?? "", closeTime);
        return (atMs - heardMs) * 1000;
      });
    }),
  );
  return { lagsUs: lagsUs.flat(), cpuUs: user + system };
}

/** A manager is not born with its first candle: frames of the open one have come for a while. */
async function warmUp(stage: Stage, clock: SteppedClock, coins: readonly string[]): Promise<void> {
  await framesCost(
    stage,
    coins.map((coin) => candleOf(coin, clock.minute)),
    WARM_FRAMES,
  );
  for (let index = 0; index < WARM_CANDLES; index++) await pass(stage, clock, coins);
}

/** One minute: of every coin a frame of the new candle, which closes the one before. */
async function pass(
  { exchange }: Stage,
  clock: SteppedClock,
  coins: readonly string[],
): Promise<void> {
  clock.minute += 1;
  for (const coin of coins) exchange.push(candleOf(coin, clock.minute));
  await Bun.sleep(PACE_MS);
}

async function arrivalsOf(run: { status(): Promise<object> }): Promise<[number, number][]> {
  const answer = await run.status();
  const tables = "status" in answer ? Arrivals.parse(answer.status).tables : [];
  const rows = tables.flatMap((table) => table.rows);
  if (rows.length !== CANDLES) throw new Error(`${rows.length} candles came, ${CANDLES} were sent`);
  return rows;
}

/** One message one way to a bare Bun child, as long as a candle, at the same pace. */
async function bareLags(): Promise<number[]> {
  const child = await bareChild();
  for (let index = 0; index < CANDLES; index++) {
    child.send({ candle: candleOf("BTC", index), sentMs: nowMs() });
    await Bun.sleep(PACE_MS);
  }
  const lags = await until("all lags", () =>
    child.lagsUs.length === CANDLES ? child.lagsUs : undefined,
  );
  await child.end();
  return lags;
}

/** What it costs to take so many feeds at once, and then a frame of one of them. */
async function benchFeeds(): Promise<Measurement[]> {
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
  return [...growth("CPU to subscribe at once", "µs", taking), ...perFrame];
}

/** CPU of so many frames of these open candles in turn, in µs. */
async function framesCost(
  { exchange, market }: Stage,
  candles: readonly Candle[],
  count: number,
): Promise<number> {
  const before = market.counters().frames;
  const cpu = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    const candle = candles[index % candles.length];
    if (candle !== undefined) exchange.push({ ...candle, trades: index });
    // The socket takes what is sent only when we let go.
    if (index % 500 === 0) await Bun.sleep(0);
  }
  await untilTrue("all frames", () => market.counters().frames >= before + count, 60_000);
  return cpuUsSince(cpu);
}

function cpuUsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
