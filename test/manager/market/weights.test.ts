/** The fleet's one budget under a load that wants five times as much as the exchange allows. */
import { expect, test } from "bun:test";
import { MarketClosedError, WeightQueueFullError } from "#manager/market/errors.ts";
import { WAITING_MAX, WEIGHT_PER_MINUTE, WINDOW_MS } from "#manager/market/weight-budget.ts";
import { Weights } from "#manager/market/weights.ts";
import type { Priority } from "#shared/child-message.ts";
import type { EventBody } from "#shared/event.ts";
import { seededRandom } from "#shared/random.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const MINUTE_MS = 60_000;
const noEvent = (): void => undefined;
const MINUTES = 5;
/** Longest way of a request to the exchange after it was granted, in ms. */
const ON_ITS_WAY_MS_MAX = 900;

/** What a busy fleet asks for in a minute: 6000 in all. */
const LOAD: readonly { priority: Priority; weight: number; aMinute: number }[] = [
  { priority: "cancel", weight: 1, aMinute: 20 },
  { priority: "order", weight: 1, aMinute: 100 },
  { priority: "query", weight: 20, aMinute: 140 },
  { priority: "warmup", weight: 103, aMinute: 20 },
  { priority: "archive", weight: 103, aMinute: 10 },
];

/** Counts as the exchange does: 429 when the last minute holds more than it allows. */
class Exchange {
  readonly #taken: { atMs: number; weight: number }[] = [];
  refused = 0;

  take(atMs: number, weight: number): void {
    this.#taken.push({ atMs, weight });
    const lastMinute = this.#taken.filter((one) => one.atMs > atMs - MINUTE_MS && one.atMs <= atMs);
    if (lastMinute.reduce((sum, one) => sum + one.weight, 0) > WEIGHT_PER_MINUTE) this.refused += 1;
  }
}

test.each([1, 2, 3, 4, 5])("seed %d: nothing is answered 429, and no order waits", async (seed) => {
  const random = seededRandom(seed);
  const clock = new FakeClock();
  const weights = new Weights(clock, noEvent);
  const exchange = new Exchange();
  const waits = new Map<Priority, number[]>(LOAD.map(({ priority }) => [priority, []]));
  const arrivals: { atMs: number; weight: number }[] = [];

  const ask = async (priority: Priority, weight: number): Promise<void> => {
    const askedMs = clock.monotonic();
    await weights.take(weight, priority);
    waits.get(priority)?.push(clock.monotonic() - askedMs);
    arrivals.push({ atMs: clock.monotonic() + random() * ON_ITS_WAY_MS_MAX, weight });
  };

  const wanted = LOAD.reduce((sum, { weight, aMinute }) => sum + weight * aMinute, 0);
  expect(wanted).toBeGreaterThanOrEqual(5 * WEIGHT_PER_MINUTE);
  const stepMs = 100;
  for (let atMs = 0; atMs < MINUTES * MINUTE_MS; atMs += stepMs) {
    for (const { priority, weight, aMinute } of LOAD) {
      if (random() < (aMinute * stepMs) / MINUTE_MS) ask(priority, weight).catch(expectClosed);
    }
    // Lets those who were granted go on before time does.
    await Promise.resolve();
    await Promise.resolve();
    clock.advance(stepMs);
  }
  for (const { atMs, weight } of arrivals.toSorted((a, b) => a.atMs - b.atMs)) {
    exchange.take(atMs, weight);
  }
  expect(exchange.refused).toBe(0);
  for (const priority of ["cancel", "order"] as const) {
    expect(waits.get(priority)?.length).toBeGreaterThan(50);
    expect(Math.max(...(waits.get(priority) ?? []))).toBe(0);
  }
  // What is not urgent waits its turn and is not forgotten: the budget is used, not hoarded.
  const spent = arrivals.reduce((sum, { weight }) => sum + weight, 0);
  expect(spent).toBeGreaterThan(MINUTES * WEIGHT_PER_MINUTE * 0.75);
  expect(weights.waiting).toBeGreaterThan(0);
  weights.close();
});

const expectClosed = (error: unknown): void => expect(error).toBeInstanceOf(MarketClosedError);

test("who comes when too many wait is told so, and when it is over, too", async () => {
  const weights = new Weights(new FakeClock(), noEvent);
  const waiting = Array.from({ length: WAITING_MAX + 1 }, async () => {
    await weights.take(WEIGHT_PER_MINUTE, "warmup");
  });
  expect(weights.take(1, "order")).rejects.toThrow(WeightQueueFullError);
  weights.close();
  const ends = await Promise.allSettled(waiting);
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(weights.take(1, "order")).rejects.toThrow(MarketClosedError);
});

test("a 429 is said once a pause, and who waited already waits for its end", async () => {
  const clock = new FakeClock();
  const events: EventBody[] = [];
  const weights = new Weights(clock, (event) => events.push(event));
  await weights.take(WEIGHT_PER_MINUTE, "warmup");
  const waits = weights.take(20, "query");
  clock.advance(WINDOW_MS - 500);
  weights.refused();
  weights.refused();
  expect(events).toEqual([{ kind: "rate_limited", pauseMs: 1000 }]);
  clock.advance(600);
  expect(weights.view().waiting.query).toBe(1);
  clock.advance(500);
  await waits;
  expect(weights.view()).toMatchObject({ usedWeight: 20, pausedUntilMs: null });
  weights.close();
});

test("a manager that is killed and comes back at once spends no more than the minute has left", async () => {
  const clock = new FakeClock();
  const exchange = new Exchange();
  let kept: { weight: number; atMs: number } | undefined;
  let granted = 0;
  for (let life = 0; life < 20; life += 1) {
    let isAlive = true;
    const before =
      kept === undefined ? null : { weight: kept.weight, agoMs: clock.monotonic() - kept.atMs };
    const weights = new Weights(clock, noEvent, {
      before,
      keep: (weight) => {
        if (isAlive) kept = { weight, atMs: clock.monotonic() };
      },
    });
    const ask = async (): Promise<void> => {
      await weights.take(21, "warmup");
      if (!isAlive) return;
      granted += 1;
      exchange.take(clock.monotonic(), 21);
    };
    const asked = Promise.allSettled(Array.from({ length: 30 }, ask));
    for (let step = 0; step < 20; step += 1) {
      await Promise.resolve();
      await Promise.resolve();
      clock.advance(200);
    }
    // Killed: from here on it tells nobody anything.
    isAlive = false;
    weights.close();
    await asked;
  }
  expect(exchange.refused).toBe(0);
  // 80 s: the share of warm-ups of one minute, and of some of the next.
  expect(granted).toBeGreaterThan(38);
});

test("what a manager spent is forgotten with its minute", () => {
  const before = { weight: 1100, agoMs: WINDOW_MS - 1000 };
  const clock = new FakeClock();
  const weights = new Weights(clock, noEvent, { before, keep: () => undefined });
  expect(weights.view().usedWeight).toBe(WEIGHT_PER_MINUTE);
  clock.advance(1000);
  expect(weights.view().usedWeight).toBe(0);
  weights.close();
});

test("who must wait is told so, and who goes at once is not", async () => {
  const clock = new FakeClock();
  const weights = new Weights(clock, noEvent);
  const waited: string[] = [];
  await weights.take(700, "archive", () => waited.push("first"));
  const second = weights.take(100, "archive", () => waited.push("second"));
  expect(waited).toEqual(["second"]);
  clock.advance(WINDOW_MS + 1);
  await second;
  await weights.take(100, "archive", () => waited.push("third"));
  expect(waited).toEqual(["second"]);
  weights.close();
});
