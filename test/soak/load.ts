/** 200 strategies on 20 coins and 3 timeframes for minutes: all running, every candle, how late, at what cost. */
import { z } from "zod";
import { feedKey } from "#shared/candle.ts";
import type { StrategyView } from "#shared/control-api.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { median, quantile } from "#test/bench/measure.ts";
import { endWith } from "#test/soak/ending.ts";
import { type Figure, inMb, inMs, inPercent, type Stage } from "#test/soak/figure.ts";
import { type Heard, hear } from "#test/soak/heard.ts";
import { sayProgress } from "#test/soak/progress.ts";
import { cpuMsOf, growthAMinute, pssOf, type Sample } from "#test/soak/weigh.ts";
import { type Engine, fixture, startEngine } from "#test/support/engine.ts";
import { candleBreaches, databaseBreaches, Recorded } from "#test/support/fleet-audit.ts";
import { type Row, replayFolder, walk } from "#test/support/replay-data.ts";
import { until } from "#test/support/until.ts";

/**
 * As many candles in ten minutes as in 100. Not faster: each quiet minute of a coin costs the manager a
 * request, and the exchange's budget of them is by real time.
 */
const SPEED = 10;
const TIMEFRAMES = ["1m", "3m", "5m"] as const;
const COINS = Array.from({ length: 20 }, (_, index) => `COIN${index}`);
/** Market minutes that the replay holds beyond those of the soak: the start, and the stop. */
const SPARE_MINUTES = 200;
/** Time between two looks at the processes, in ms: a look costs some 100 ms. */
const LOOK_MS = 10_000;
/** Longest time for the fleet to come up or to end, in ms. */
const FLEET_MS_MAX = 240_000;
/** Time in which the fleet settles before growth is measured, in ms. */
const SETTLE_MS = 30_000;
/** The manager may grow by so much, in MB a minute. */
const GROWTH_MB_MAX = 1;
/** A soak shorter than this tells nothing of growth, in minutes. */
const GROWTH_MINUTES_MIN = 5;
/** A strategy may be so many candles behind the newest of all at the end: two close at that moment. */
const TAIL_CANDLES_MAX = 3;

const Told = Recorded.extend({ atMs: z.number() });
type Told = z.infer<typeof Told>;

interface Member {
  readonly name: string;
  readonly coin: string;
  readonly timeframe: (typeof TIMEFRAMES)[number];
}

export interface LoadOptions {
  readonly minutes: number;
  readonly strategies: number;
  readonly seed: number;
}

export async function soakLoad({ minutes, strategies, seed }: LoadOptions): Promise<Stage> {
  const fleet = membersOf(strategies);
  using folder = replayFolder(market(minutes, seed));
  await using engine = await startEngine({
    market: { kind: "replay", folder: folder.path },
    speed: SPEED,
    coins: COINS,
  });
  using ending = new DisposableStack();
  ending.use(endWith(engine.home));
  const path = engine.writeFleet(fleet.map(entryOf).join(""));
  const startedAt = performance.now();
  const started = await engine.kumbh("start", path, "--yes", "--wait", `${FLEET_MS_MAX / 1000}s`);
  const startMs = performance.now() - startedAt;
  if (started.code !== 0) throw new Error(`the fleet did not start: ${started.stderr}`);
  await untilLive(engine);
  const liveMs = performance.now() - startedAt;
  using heard = await hear(engine.sim.ws, feedsOf(fleet));
  const samples = await watchAloud(engine, minutes);
  const state = await engine.ask();
  await engine.kumbh("stop", "all");
  const told = fleet.map(({ name }) => ({ name, rows: toldBy(engine, name) }));
  const lags = told.flatMap(({ rows }) => lagsOf(rows, heard));
  const breaches = [
    ...state.strategies.flatMap((view) =>
      view.state === "running" && view.restarts === 0
        ? []
        : [`${view.name} is ${view.state} after ${view.restarts} restarts`],
    ),
    ...told.flatMap(({ name, rows }) => deliveryBreaches(rows).map((what) => `${name}: ${what}`)),
    ...tailBreaches(state.strategies, fleet),
    ...growthBreaches(samples, minutes),
    ...databaseBreaches(engine.home.database),
    ...databaseBreaches(engine.home.archive),
  ];
  const running = state.strategies.filter((view) => view.state === "running").length;
  const counted = { startMs, liveMs, running, candles: told.flatMap(({ rows }) => rows).length };
  return {
    name: `${strategies} strategies, ${COINS.length} coins, ${TIMEFRAMES.join(" ")}, ${minutes} min`,
    figures: [...figuresOf(samples, strategies, counted), ...lagFigures(lags)],
    breaches,
  };
}

const membersOf = (count: number): Member[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `soaker-${index}`,
    coin: COINS[index % COINS.length] ?? "",
    timeframe: TIMEFRAMES[Math.floor(index / COINS.length) % TIMEFRAMES.length] ?? "1m",
  }));

const feedsOf = (fleet: readonly Member[]): Member[] => [
  ...new Map(fleet.map((member) => [feedKey(member), member])).values(),
];

const entryOf = ({ name, coin, timeframe }: Member): string => `
[[strategy]]
name = "${name}"
file = "${fixture("soaker.ts")}"
params = { coin = "${coin}", timeframe = "${timeframe}" }
`;

/** Half of a replay's rows may lie behind its start. */
const market = (minutes: number, seed: number): Record<string, readonly Row[]> =>
  Object.fromEntries(
    COINS.map((coin, index) => [
      coin,
      walk(2 * (minutes * SPEED + SPARE_MINUTES), 100 * (index + 1), seed + index),
    ]),
  );

/** The exchange's budget of requests paces the warm-ups: 1200 weight a minute, 20 and more for each. */
async function untilLive(engine: Engine): Promise<void> {
  const isLive = async () => {
    const { strategies } = await engine.ask();
    const all = strategies.flatMap(({ feeds }) => feeds);
    return all.length >= strategies.length && all.every(({ state }) => state === "live");
  };
  await until("every feed is live", async () => (await isLive()) || undefined, FLEET_MS_MAX, 200);
}

/** Watches, and says how far it is. */
async function watchAloud(engine: Engine, minutes: number): Promise<Sample[]> {
  const goal = { kind: "time", seconds: minutes * 60, unit: "candles delivered" } as const;
  using _ = sayProgress("load", goal, async () => {
    const { strategies } = await engine.ask();
    return strategies.reduce((sum, { candles }) => sum + candles, 0);
  });
  return await watch(engine, minutes);
}

/** Looks at the processes until the time is up. */
async function watch(engine: Engine, minutes: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const startMs = performance.now();
  const elapsed = (): number => performance.now() - startMs;
  while (elapsed() < minutes * 60_000) {
    const { manager, strategies } = await engine.ask();
    const pids = strategies.flatMap(({ pid }) => pid ?? []);
    samples.push({
      atMs: elapsed(),
      managerMb: pssOf(manager.pid) ?? 0,
      managerCpuMs: cpuMsOf(manager.pid),
      strategyMb: median(pids.flatMap((pid) => pssOf(pid) ?? [])),
      strategiesCpuMs: pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0),
    });
    const nextMs = samples.length * LOOK_MS;
    await until("the next look", () => elapsed() >= nextMs || undefined, 2 * LOOK_MS, 100);
  }
  return samples;
}

const toldBy = (engine: Engine, name: string): Told[] =>
  z.array(Told).parse(engine.rows(name, "SELECT * FROM told ORDER BY id"));

/** Here nothing went wrong with the exchange: a gap is a candle lost. */
const deliveryBreaches = (rows: readonly Told[]): string[] => [
  ...candleBreaches(rows),
  ...rows.filter(({ what }) => what === "gap").map(({ openTime }) => `a gap at ${openTime}`),
];

/** A strategy that was given all up to some moment, and nothing after it. */
function tailBreaches(views: readonly StrategyView[], fleet: readonly Member[]): string[] {
  const newest = Math.max(...views.map(({ lastCandleAt }) => lastCandleAt ?? 0));
  const timeframes = new Map(fleet.map(({ name, timeframe }) => [name, timeframe]));
  return views.flatMap(({ name, lastCandleAt }) => {
    if (lastCandleAt === null) return [`${name} was given nothing`];
    const behind = (newest - lastCandleAt) / TIMEFRAME_MS[timeframes.get(name) ?? "1m"];
    return behind > TAIL_CANDLES_MAX ? [`${name} is ${behind.toFixed(1)} candles behind`] : [];
  });
}

/**
 * From the frame that closes a candle to its hook. A candle in whose successor nobody trades is closed
 * by the exchange's clock instead, before any frame: it tells nothing of this.
 */
function lagsOf(rows: readonly Told[], heard: Heard): number[] {
  return rows.flatMap((row) => {
    const closedAt = heard.closedAt(feedKey(row), row.closeTime);
    if (row.what !== "candle" || closedAt === undefined) return [];
    const lagMs = row.atMs - closedAt;
    return lagMs >= 0 ? [lagMs] : [];
  });
}

function growthBreaches(samples: readonly Sample[], minutes: number): string[] {
  if (minutes < GROWTH_MINUTES_MIN) return [];
  const growth = growthAMinute(settled(samples), ({ managerMb }) => managerMb);
  return growth > GROWTH_MB_MAX ? [`the manager grows by ${inMb(growth)} a minute`] : [];
}

const settled = (samples: readonly Sample[]): readonly Sample[] =>
  samples.filter(({ atMs }) => atMs >= SETTLE_MS);

function figuresOf(
  samples: readonly Sample[],
  strategies: number,
  counted: Readonly<Record<"startMs" | "liveMs" | "running" | "candles", number>>,
): Figure[] {
  const used = settled(samples);
  const [first, last] = [used[0], used.at(-1)];
  if (first === undefined || last === undefined) return [];
  const share = (figure: (one: Sample) => number): number =>
    (figure(last) - figure(first)) / (last.atMs - first.atMs);
  const perMinute = (figure: (one: Sample) => number): string =>
    `${inMb(first === last ? 0 : growthAMinute(used, figure))} a minute`;
  return [
    { what: "started until all are ready", value: `${(counted.startMs / 1000).toFixed(1)} s` },
    { what: "until every feed is live", value: `${(counted.liveMs / 1000).toFixed(1)} s` },
    { what: "running at the end", value: `${counted.running} of ${strategies}` },
    { what: "closed candles delivered", value: String(counted.candles) },
    { what: "manager, CPU", value: inPercent(share((one) => one.managerCpuMs)) },
    { what: "manager, PSS at the start", value: inMb(first.managerMb) },
    { what: "manager, PSS at the end", value: inMb(last.managerMb) },
    { what: "manager, growth", value: perMinute((one) => one.managerMb) },
    {
      what: "a strategy, CPU",
      value: inPercent(share((one) => one.strategiesCpuMs) / strategies),
    },
    { what: "a strategy, PSS (median)", value: inMb(last.strategyMb) },
    { what: "a strategy, growth", value: perMinute((one) => one.strategyMb) },
  ];
}

const lagFigures = (lags: readonly number[]): Figure[] => [
  { what: "frame → hook, median", value: inMs(quantile(lags, 0.5)) },
  { what: "frame → hook, p99", value: inMs(quantile(lags, 0.99)) },
  { what: "frame → hook, slowest", value: inMs(quantile(lags, 1)) },
  { what: "measured on", value: `${lags.length} candles` },
];
