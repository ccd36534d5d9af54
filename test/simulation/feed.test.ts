/**
 * Feed and delivery together against a model of the exchange: late, duplicate and reordered frames,
 * quiet minutes published late or never, connections that break or die unnoticed, slow and failing
 * requests, strategies that come, crash and come back.
 */
import { expect, test } from "bun:test";
import { LAG_WAIT_MS } from "#manager/market/delivery.ts";
import { feedState } from "#manager/market/feed-state.ts";
import {
  type Candle,
  deliveryOrder,
  type FeedKey,
  type FeedRequest,
  feedKey,
} from "#shared/candle.ts";
import { CANDLES_PER_MESSAGE_MAX } from "#shared/child-limits.ts";
import { type Random, seededRandom } from "#shared/random.ts";
import { TIMEFRAME_MS } from "#shared/timeframe.ts";
import { EPOCH_MS, FeedWorld, type ModelTaker } from "#test/simulation/feed-world.ts";
import { candleName, ModelExchange, type ModelFeed } from "#test/simulation/model-exchange.ts";

const SEEDS = 600;
const MINUTE_MS = 60_000;
/** Faults happen in the first part; in the rest everything comes right. */
const FAULTY_MS = 9 * MINUTE_MS;
const LENGTH_MS = 13 * MINUTE_MS;
const STALL_MS_MAX = 100_000;
const PAST_MS = 40 * MINUTE_MS;

const FEEDS: readonly ModelFeed[] = [
  { coin: "BTC", timeframe: "1m" },
  { coin: "BTC", timeframe: "3m" },
  { coin: "ETH", timeframe: "1m" },
];

interface Run {
  readonly seed: number;
  readonly world: FeedWorld;
  readonly exchange: ModelExchange;
  /** The runs of each strategy, in order. */
  readonly strategies: readonly ModelTaker[][];
}

function simulate(seed: number): Run {
  const random = seededRandom(seed);
  const exchange = new ModelExchange(
    ["BTC", "ETH"],
    EPOCH_MS - PAST_MS,
    EPOCH_MS + LENGTH_MS,
    random,
  );
  const world = new FeedWorld(exchange, FEEDS, random, {
    failedFetchShare: 0.2,
    lateFrameShare: 0.1,
    duplicateShare: 0.05,
  });
  scheduleConnections(world, random);
  scheduleStalls(world, random);
  const strategies = Array.from({ length: 2 }, () => scheduleStrategy(world, random));
  world.runUntil(LENGTH_MS);
  return { seed, world, exchange, strategies };
}

function scheduleConnections(world: FeedWorld, random: Random): void {
  let atMs = 1000;
  while (atMs < FAULTY_MS) {
    const connectMs = atMs;
    const isLast = random() < 0.2;
    const livesMs = random() * 4 * MINUTE_MS;
    const diesMs = isLast ? LENGTH_MS * 2 : Math.min(atMs + livesMs, FAULTY_MS);
    const noticedMs = diesMs + (random() < 0.5 ? 0 : random() * 15_000);
    world.at(connectMs, () => world.connect(diesMs, noticedMs));
    atMs = noticedMs + 100 + random() ** 3 * 60_000;
  }
  if (atMs < LENGTH_MS) world.at(atMs, () => world.connect(LENGTH_MS * 2, LENGTH_MS * 2));
}

/** Of half of the runs the process stands still now and then, as on a machine that sleeps. */
function scheduleStalls(world: FeedWorld, random: Random): void {
  if (random() < 0.5) return;
  for (let atMs = random() * FAULTY_MS; atMs < FAULTY_MS; atMs += random() * FAULTY_MS) {
    world.at(atMs, () => world.stall(random() ** 2 * STALL_MS_MAX));
  }
}

function scheduleStrategy(world: FeedWorld, random: Random): ModelTaker[] {
  const runs: ModelTaker[] = [];
  const requests: FeedRequest[] = FEEDS.filter(() => random() < 0.7).map((feed) => ({
    ...feed,
    warmup: Math.floor(random() * 20),
  }));
  if (requests.length === 0) return runs;
  let atMs = random() * 2 * MINUTE_MS;
  while (atMs < FAULTY_MS) {
    world.at(atMs, () => {
      const before = runs.at(-1);
      if (before !== undefined) before.isGone = true;
      runs.push(world.attach(requests, before === undefined ? new Map() : handledBy(runs)));
    });
    atMs += MINUTE_MS + random() * 8 * MINUTE_MS;
  }
  return runs;
}

/** What the manager has on disk: the last candle of each feed that any run was given live or as catch-up. */
function handledBy(runs: readonly ModelTaker[]): Map<FeedKey, number> {
  const handled = new Map<FeedKey, number>();
  for (const candle of runs.flatMap(candlesOf)) {
    handled.set(feedKey(candle), Math.max(handled.get(feedKey(candle)) ?? 0, candle.closeTime));
  }
  return handled;
}

const candlesOf = (taker: ModelTaker): Candle[] =>
  taker.heard.flatMap(({ given }) => (given.kind === "candles" ? given.candles : []));

const groupsOf = (taker: ModelTaker) =>
  taker.heard.flatMap(({ atMs, given }) =>
    given.kind === "candles" ? [{ atMs, phase: given.phase, candles: given.candles }] : [],
  );

function* faultsOf(run: Run): Generator<string> {
  for (const runs of run.strategies) {
    for (const taker of runs) {
      yield* orderFaults(taker);
      for (const request of taker.requests) {
        yield* sequenceFaults(taker, request);
        yield* contentFaults(run, taker, request);
      }
    }
    yield* doubledFaults(runs);
  }
  yield* endFaults(run);
}

/** Groups hold one close time, in delivery order; a group is out of order only where a feed lagged. */
function* orderFaults(taker: ModelTaker): Generator<string> {
  let untilMs = 0;
  for (const { atMs, phase, candles } of groupsOf(taker)) {
    if (candles.toSorted(deliveryOrder).some((candle, index) => candle !== candles[index])) {
      yield "a piece is not in delivery order";
    }
    if (candles.length > CANDLES_PER_MESSAGE_MAX) yield "a piece is too large";
    if (candles.some((candle) => candle.closeTime > EPOCH_MS + atMs)) {
      yield "a candle was closed before its end";
    }
    if (phase === "warmup") continue;
    const closeTime = candles[0]?.closeTime ?? 0;
    if (candles.some((candle) => candle.closeTime !== closeTime)) yield "a group mixes close times";
    const isLate = closeTime <= untilMs;
    if (isLate && !candles.every((candle) => hasLagged(taker, candle))) {
      yield "a group came out of order although no feed lagged";
    }
    untilMs = Math.max(untilMs, closeTime);
  }
}

/** Whether this candle, or one or a gap of its feed not long before it, came so late that it was not waited for. */
const hasLagged = (taker: ModelTaker, late: Candle): boolean =>
  taker.heard.some(({ atMs, given }) => {
    const ends =
      given.kind === "gap"
        ? [given.gap].filter((gap) => feedKey(gap) === feedKey(late)).map((gap) => gap.toMs)
        : given.candles
            .filter((candle) => feedKey(candle) === feedKey(late))
            .map((candle) => candle.closeTime);
    return ends.some(
      (endMs) =>
        endMs <= late.closeTime &&
        endMs >= late.closeTime - 5 * MINUTE_MS &&
        EPOCH_MS + atMs - endMs >= LAG_WAIT_MS,
    );
  });

/** Every candle of a feed follows the one before it, or a gap says what is missing. */
function* sequenceFaults(taker: ModelTaker, request: FeedRequest): Generator<string> {
  let untilMs: number | null = null;
  let isLive = false;
  for (const { given } of taker.heard) {
    if (given.kind === "gap") {
      if (given.gap.reason === "down" || feedKey(given.gap) !== feedKey(request)) continue;
      if (!isLive && given.gap.fromMs < (untilMs ?? 0)) continue;
      if (untilMs !== null && given.gap.fromMs !== untilMs) yield "a gap begins elsewhere";
      untilMs = given.gap.toMs;
      continue;
    }
    for (const candle of given.candles) {
      if (feedKey(candle) !== feedKey(request)) continue;
      const isHole = untilMs !== null && candle.openTime !== untilMs;
      const isNamed = given.phase === "warmup" && isHoleNamed(taker, candle);
      if (isHole && !isNamed) yield `${candleName(candle, candle.openTime)} follows a hole`;
      untilMs = candle.closeTime;
      isLive ||= given.phase === "live";
    }
  }
}

const isHoleNamed = (taker: ModelTaker, after: Candle): boolean =>
  taker.heard.some(
    ({ given }) =>
      given.kind === "gap" &&
      feedKey(given.gap) === feedKey(after) &&
      given.gap.toMs === after.openTime,
  );

/** What was given is what the exchange had in the end, or it was reported as revised. */
function* contentFaults(run: Run, taker: ModelTaker, request: FeedRequest): Generator<string> {
  const revised = run.world.feeds.get(feedKey(request))?.revised;
  for (const candle of candlesOf(taker)) {
    if (feedKey(candle) !== feedKey(request)) continue;
    const truth = run.exchange.truth(request, candle.openTime);
    const isTrue = Bun.deepEquals(candle, truth);
    const isRevised = Bun.deepEquals(revised?.get(candle.openTime), truth);
    if (!isTrue && !isRevised) yield `${candleName(candle, candle.openTime)} is wrong`;
  }
}

/** No candle is live twice, over all runs of a strategy; what a run catches up with is not live again. */
function* doubledFaults(runs: readonly ModelTaker[]): Generator<string> {
  const live = runs
    .flatMap(groupsOf)
    .filter(({ phase }) => phase === "live")
    .flatMap(({ candles }) => candles.map((candle) => candleName(candle, candle.openTime)));
  const seen = new Set<string>();
  for (const name of live) {
    if (seen.has(name)) yield `${name} was live twice`;
    seen.add(name);
  }
}

/** In the end all is live, up to the last candle that can be known. */
function* endFaults(run: Run): Generator<string> {
  for (const feed of run.world.feeds.values()) {
    const key = feedKey(feed.name);
    if (feedState(feed.live) !== "live") yield `${key} ends ${feedState(feed.live)}`;
    // The last candle may lack trades, and is then asked for again for a minute.
    const dueMs = EPOCH_MS + LENGTH_MS - 80_000 - TIMEFRAME_MS[feed.name.timeframe];
    if ((feed.live.closedUntilMs ?? 0) < dueMs) yield `${key} is behind in the end`;
    for (const taker of run.strategies.flatMap((runs) => runs.slice(-1))) {
      if (!taker.requests.some((request) => feedKey(request) === key)) continue;
      if (!taker.hasBegun) yield "a strategy never began";
      const until = taker.delivery.lastCloseTimeMs(key) ?? 0;
      if (until < dueMs - 3 * MINUTE_MS) yield `a strategy is behind in ${key}`;
    }
  }
  for (const gap of run.world.gaps) {
    for (let open = gap.fromMs; open < gap.toMs; open += TIMEFRAME_MS[gap.timeframe]) {
      const truth = run.exchange.truth(gap, open);
      if (truth !== undefined) yield `${candleName(gap, open)} was given up although it exists`;
    }
  }
}

test(`${SEEDS} seeds: every candle once, in order, or named by a gap`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const faults = [...faultsOf(simulate(seed))];
    expect({ seed, faults: faults.slice(0, 5) }).toEqual({ seed, faults: [] });
  }
}, 20_000);

test("the simulation reaches what it is about", () => {
  const seen = { gaps: 0, revised: 0, live: 0, down: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const { world, strategies } = simulate(seed);
    seen.gaps += world.gaps.length;
    for (const feed of world.feeds.values()) seen.revised += feed.revised.size;
    for (const { heard } of strategies.flat()) {
      seen.live += heard.filter(
        ({ given }) => given.kind === "candles" && given.phase === "live",
      ).length;
      seen.down += heard.filter(
        ({ given }) => given.kind === "gap" && given.gap.reason === "down",
      ).length;
    }
  }
  expect(Object.entries(seen).filter(([, count]) => count < 10)).toEqual([]);
});
