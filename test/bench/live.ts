/** From the frame at the manager's socket to `onCandle`, and what it costs the manager. */
import { z } from "zod";
import type { Candle } from "#shared/candle.ts";
import { bareChild } from "#test/bench/bare.ts";
import {
  candleOf,
  coinsOf,
  cpuUsSince,
  framesCost,
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
import { until, untilTrue } from "#test/support/until.ts";

const FLEETS = [1, 10, 50, 100, 200];
const FEEDS = [1, 20];
const CANDLES = 60;
const WARM_FRAMES = 5000;
/**
 * The JIT compiles the same code in every process of a fleet at about the same candle, some of the first hundred: for
 * that while a hundred compilers share the cores. What is measured is a fleet that has this behind it.
 */
const WARM_CANDLES = 200;
/** Of them, those whose lags are told apart. */
const YOUNG_CANDLES = 100;
/** Time between two candles, in ms: long enough for the slowest to have come. */
const PACE_MS = 25;
const P99_MS_MAX = 25;
/** With so many strategies the promise on p99 was made. */
const P99_FLEET = 100;

/** What `test/fixtures/strategies/stopwatch.ts` says of itself. */
const Arrivals = z.object({
  tables: z.array(z.object({ rows: z.array(z.tuple([z.number(), z.number()])) })),
});

const nowMs = (): number => performance.timeOrigin + performance.now();

interface Watched {
  readonly lagsUs: number[];
  /** Of this process, for one candle of every feed. */
  readonly cpuUs: number;
}

interface Lags extends Watched {
  /** Of the fleet's first candles. */
  readonly youngLagsUs: number[];
}

export async function benchLive(): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  for (const feeds of FEEDS) {
    const sizes: Size[] = [];
    for (const count of FLEETS.filter((fleet) => fleet >= feeds)) {
      const floor = await bareLags();
      const { lagsUs, youngLagsUs, cpuUs } = await fleetLags(count, feeds);
      const fleet = `${count} on ${feeds} feed${feeds === 1 ? "" : "s"}`;
      rows.push(...lagRows(`frame to onCandle, ${fleet}`, lagsUs, floor.lagsUs, count));
      const young = `frame to onCandle, ${fleet}, its first ${YOUNG_CANDLES} candles, p99`;
      rows.push(quantileRow(young, 0.99, youngLagsUs, floor.lagsUs));
      rows.push(deliveriesRow(fleet, cpuUs / count, floor.cpuUs));
      sizes.push({ size: count, cost: cpuUs });
    }
    const of = `on ${feeds} feed${feeds === 1 ? "" : "s"}`;
    rows.push(...growth(`manager's CPU for one delivery, strategies ${of}`, "µs", sizes));
  }
  return rows;
}

function lagRows(
  what: string,
  lagsUs: readonly number[],
  floor: readonly number[],
  count: number,
): Measurement[] {
  const at = (name: string, share: number) => quantileRow(`${what}, ${name}`, share, lagsUs, floor);
  const [p50, p99] = [at("p50", 0.5), at("p99", 0.99)];
  return [
    count === 1 ? promisedRatio(p50, 2) : p50,
    count === P99_FLEET ? promisedMax(p99, P99_MS_MAX * 1000) : p99,
    at("max", 1),
  ];
}

function quantileRow(
  what: string,
  share: number,
  lagsUs: readonly number[],
  floor: readonly number[],
): Measurement {
  return measured(
    { what, floor: "bare IPC, the same", unit: "µs" },
    [quantile(lagsUs, share)],
    [quantile(floor, share)],
  );
}

/** The bench's idle timer and the exchange that sends are in it, as the timer is in the floor. */
const deliveriesRow = (fleet: string, cpuUs: number, floorUs: number): Measurement =>
  measured(
    { what: `manager's CPU for 1000 deliveries, ${fleet}`, floor: "1000 bare IPC", unit: "ms" },
    [cpuUs],
    [floorUs],
  );

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
  await framesCost(stage, newest(coins, clock), WARM_FRAMES);
  const watch = async (candles: number): Promise<Watched> => {
    const cpu = process.cpuUsage();
    for (let index = 0; index < candles; index++) await pass(stage, clock, coins);
    const cpuUs = cpuUsSince(cpu) / candles;
    const all = runs.map(async (run, index) => {
      const coin = coins[index % feeds] ?? "";
      // The frame of the next candle closes this one.
      return (await arrivalsOf(run, candles)).map(
        ([closeTime, atMs]) => (atMs - heard.of(coin, closeTime)) * 1000,
      );
    });
    return { lagsUs: (await Promise.all(all)).flat(), cpuUs };
  };
  const young = await watch(YOUNG_CANDLES);
  await watch(WARM_CANDLES - YOUNG_CANDLES);
  return { ...(await watch(CANDLES)), youngLagsUs: young.lagsUs };
}

/** A manager is not born with its first candle: frames of the open ones have come for a while. */
const newest = (coins: readonly string[], { minute }: SteppedClock): Candle[] =>
  coins.map((coin) => candleOf(coin, minute));

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

/** So many have been sent since it was last asked. */
async function arrivalsOf(
  run: { status(): Promise<object> },
  candles: number,
): Promise<[number, number][]> {
  const come: [number, number][] = [];
  await untilTrue(`${candles} candles`, async () => {
    const answer = await run.status();
    const tables = "status" in answer ? Arrivals.parse(answer.status).tables : [];
    come.push(...tables.flatMap((table) => table.rows));
    return come.length >= candles;
  });
  return come;
}

/** One message one way to a bare Bun child, as long as a candle, at the same pace. */
async function bareLags(): Promise<Watched> {
  const child = await bareChild();
  const cpu = process.cpuUsage();
  for (let index = 0; index < CANDLES; index++) {
    child.send({ candle: candleOf("BTC", index), sentMs: nowMs() });
    await Bun.sleep(PACE_MS);
  }
  const cpuUs = cpuUsSince(cpu) / CANDLES;
  const lagsUs = await until("all lags", () =>
    child.lagsUs.length === CANDLES ? child.lagsUs : undefined,
  );
  await child.end();
  return { lagsUs, cpuUs };
}
